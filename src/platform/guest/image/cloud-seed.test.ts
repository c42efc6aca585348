import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { cloudSeed, metaData, seedFiles } from './cloud-seed.ts';

const userData = readFileSync(join(seedFiles, 'user-data'), 'utf8');

describe('the seed', () => {
  const cache = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it('is cloud-config that leaves disk and packages alone', () => {
    expect(userData.split('\n')[0]).toBe('#cloud-config');
    for (const line of [
      "growpart: { mode: 'off' }",
      'resize_rootfs: false',
      'package_update: false',
      'package_upgrade: false',
    ]) {
      expect(userData.split('\n')).toContain(line);
    }
  });

  it('has scripts that a plain shell understands', () => {
    const script = userData.split('bootcmd:\n  - |\n')[1] ?? '';
    for (const text of [script, readFileSync(join(seedFiles, 'start'), 'utf8')]) {
      expect(text).toContain('/run/virtgauge');
      expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
  });

  it('has an instance id that changes with its content', () => {
    expect(metaData('a')).not.toBe(metaData('b'));
    expect(metaData('a')).toMatch(/^instance-id: \S+\nlocal-hostname: \S+\n$/);
  });

  it('is made once', async () => {
    const programs: string[] = [];
    const shell = fakeShell(async (argv) => {
      programs.push(argv[0]);
      const output = argv[argv.indexOf('-o') + 1] ?? '';
      await writeFile(output, '');
    });
    const path = await cloudSeed(shell, cache);
    expect(await cloudSeed(shell, cache)).toBe(path);
    expect(programs).toEqual(['gcc', 'xorriso']);
  });

  it('says how to get xorriso, and leaves nothing half made', async () => {
    const shell = fakeShell((argv) => {
      if (argv[0] !== 'xorriso') return Promise.resolve();
      return Promise.reject(new CommandError('here', argv, 'did not run'));
    });
    const error: unknown = await cloudSeed(shell, cache).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain('apt-get install');
    expect(readdirSync(cache)).toEqual([]);
  });
});

function fakeShell(act: (argv: Parameters<Shell['run']>[0]) => Promise<void>): Shell {
  return {
    host: 'here',
    run: async (argv: Parameters<Shell['run']>[0]) => {
      await act(argv);
      return { stdout: '', stderr: '' };
    },
  } as unknown as Shell;
}
