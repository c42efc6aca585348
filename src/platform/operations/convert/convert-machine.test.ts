import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { thisMachine } from '../../remote/this-machine.ts';
import { envBlock } from './boot-path/env-block.ts';
import { convertMachine } from './convert-machine.ts';

it('changes nothing of a machine that another conversion has, nor undoes what that has mended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-convert-machine-'));
  try {
    mkdirSync(join(folder, 'virtgauge'));
    writeFileSync(join(folder, 'virtgauge', 'env'), envBlock(false, 'fedcba9876543210'));
    const done: string[] = [];
    const source = thisMachine(folder);
    const run: typeof source.shell.run = (argv, options) => {
      done.push(argv[3] ?? argv[0]);
      return source.shell.run(argv, options);
    };
    const request = {
      source: { ...source, shell: { ...source.shell, run } },
      facts: {
        grubConfig: join(folder, 'grub.cfg'),
        mends: { drivers: true, names: {}, lvmDevices: false },
      },
      work: join(folder, 'work'),
    } as unknown as Parameters<typeof convertMachine>[1];
    const settings = { downtimeLimit: 1, bandwidth: undefined, timeout: 1 };
    const { signal } = new AbortController();
    await expect(
      convertMachine('offline', request, settings, signal, () => undefined),
    ).rejects.toThrow('with the mark of another conversion');
    expect(done).toEqual(['look']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
