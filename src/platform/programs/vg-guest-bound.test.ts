import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  compiledProgram,
  end,
  freeTcpPort,
  startedService,
  whyNotCompile,
} from './guest-service.example.ts';

const run = promisify(execFile);
const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(`bound${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let program: string;
  let child: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-bound-'));
    program = await compiledProgram('vg-guest');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function serve(...options: string[]): Promise<void> {
    port = await freeTcpPort();
    const control = ['--control', join(folder, 'control')];
    [child] = await startedService(['--http', String(port), ...control, ...options]);
  }
  beforeEach(() => serve());
  afterEach(() => end(child));

  /** Status codes of as many requests at once, in the order of their answers. */
  async function ask(times: number): Promise<{ statuses: number[]; seconds: number }> {
    const from = performance.now();
    const statuses: number[] = [];
    const one = () =>
      new Promise<void>((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/?seq=1', agent: false }, (response) => {
          statuses.push(response.statusCode ?? 0);
          response.resume().on('end', resolve);
        }).on('error', reject);
      });
    await Promise.all(Array.from({ length: times }, one));
    return { statuses, seconds: (performance.now() - from) / 1000 };
  }

  const bound = (...options: string[]) =>
    run(program, ['bound', '--service', join(folder, 'control'), ...options]);

  it('answers one after the other, no faster than it is told', async () => {
    await bound('--rate', '50', '--backlog', '5000');
    const { statuses, seconds } = await ask(20);
    expect(statuses).toEqual(Array(20).fill(200));
    expect(seconds).toBeGreaterThan(0.38);
  });

  it('refuses who would wait longer than its backlog', async () => {
    await bound('--rate', '10', '--backlog', '250');
    const { statuses } = await ask(20);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(10);
    expect(statuses).toContain(200);
    // Those that are refused need not wait.
    expect(statuses[0]).toBe(503);
  });

  it('is free again when told so, and goes on though clients leave', async () => {
    await bound('--rate', '1', '--backlog', '60000');
    const left = [1, 2, 3].map(() => get({ host: '127.0.0.1', port, path: '/', agent: false }));
    const ended = left.map(
      (request) => new Promise((resolve) => request.on('error', resolve).on('close', resolve)),
    );
    await Promise.all(
      left.map((request) => new Promise((resolve) => request.on('socket', resolve))),
    );
    for (const request of left) request.destroy();
    await Promise.all(ended);
    await bound('--rate', '0');
    expect((await ask(5)).statuses).toEqual(Array(5).fill(200));
  });

  it('is bounded from its start with --rate', async () => {
    await end(child);
    await serve('--rate', '20', '--backlog', '2000');
    const { statuses, seconds } = await ask(4);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(seconds).toBeGreaterThan(0.19);
  });

  it('says when there is no such service', async () => {
    await expect(run(program, ['bound', '--service', join(folder, 'none')])).rejects.toThrow(
      'No such file',
    );
  });
});

describe.skipIf(whyNot !== undefined)(
  `await-devices${whyNot ? `, skipped: ${whyNot}` : ''}`,
  () => {
    it('says at once what is there, and gives up on what does not come', async () => {
      const program = await compiledProgram('vg-guest');
      const none = ['--no-disk', 'vgnone', '--no-nic', '52:54:00:00:00:01'];
      const memory = ['--least-memory', '1', '--most-memory', String(2 ** 60)];
      const { stdout } = await run(program, ['await-devices', ...none, ...memory]);
      expect(stdout).toMatch(/^vg-devices seen \d+\.\d{6} cpus=\d+ memory=\d+\n$/);
      const failed = run(program, ['await-devices', '--disk', 'vgnone', '--timeout', '10']);
      await expect(failed).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^vg-devices missed /) as string,
      });
    }, 120_000);
  },
);
