import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compiledProgram,
  end,
  freeUdpPort,
  startedService,
  whyNotCompile,
} from './guest-service.example.ts';

const run = promisify(execFile);
const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(`identity${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-identity-'));
    program = await compiledProgram('vg-guest');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const refusal = async (...args: string[]) => {
    const done = run(program, ['identity', ...args]);
    const { code, stderr } = await done.then(
      () => ({ code: 0, stderr: '' }),
      (error: unknown) => error as { code: number; stderr: string },
    );
    return { code, stderr };
  };

  async function instanceOf(port: number): Promise<string> {
    const socket = createSocket('udp4');
    socket.send('VG1 1', port, '127.0.0.1');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    socket.close();
    return answer.toString().split(' ')[2] ?? '';
  }

  it('gives the service another instance, and says when all was done', async () => {
    const port = await freeUdpPort();
    const path = join(folder, 'service');
    const [child] = await startedService(['--udp', String(port), '--control', path]);
    try {
      const given = '00112233445566ff';
      expect(await instanceOf(port)).not.toBe(given);
      const console = join(folder, 'console');
      await writeFile(console, '');
      const options = ['--service', path, '--instance', given, '--console', console];
      const { stdout } = await run(program, ['identity', ...options]);
      expect(stdout).toMatch(/^vg-mark identity \d+\.\d{6}\n$/);
      expect(await instanceOf(port)).toBe(given);
      expect(await readFile(console, 'utf8')).toBe(stdout);
    } finally {
      await end(child);
    }
  });

  it('fails where no service listens', async () => {
    const path = join(folder, 'nobody');
    const { code, stderr } = await refusal('--service', path, '--instance', '0'.repeat(16));
    expect(code).toBe(1);
    expect(stderr).toBe(`vg-guest identity: ${path}: No such file or directory\n`);
  });

  it.each([
    { args: ['--mac', '52:54:00:00:00:01'], says: '--interface NAME' },
    { args: ['--service', '/x'], says: 'together' },
    { args: ['--service', '/x', '--instance', 'xyz'], says: '16 hexadecimal digits' },
    { args: ['--entropy', '00ff'], says: '128 hexadecimal digits' },
    { args: ['--entropy', 'g'.repeat(128)], says: '128 hexadecimal digits' },
  ])('refuses $args', async ({ args, says }) => {
    const { code, stderr } = await refusal(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
