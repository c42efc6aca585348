import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../remote/local.ts';
import type { Shell } from '../remote/shell.ts';
import { directAlignment } from './direct-alignment.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge alignment-'));
  file = join(folder, 'probe');
  writeFileSync(file, Buffer.alloc(4096));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A dd that takes O_DIRECT only for such block sizes, as a disk with large sectors does. */
function shellOf(takes: (size: number) => boolean): Shell {
  const dd = join(folder, 'dd');
  const lines = [512, 1024, 2048, 4096].filter(takes).map((size) => `bs=${size}) exit 0;;`);
  const text = `#!/bin/sh\nfor a in "$@"; do case $a in ${lines.join(' ')} esac; done; exit 1\n`;
  writeFileSync(dd, text, { mode: 0o755 });
  return {
    ...localShell,
    run: (argv, options) =>
      localShell.run(argv, { ...options, env: { PATH: `${folder}:${process.env.PATH ?? ''}` } }),
  };
}

it.each([
  ['sectors of 512 bytes', 512, 512],
  ['sectors of 4 KiB', 4096, 4096],
  ['no O_DIRECT', Infinity, undefined],
] as const)('is found with %s', async (_, least, expected) => {
  expect(
    await directAlignment(
      shellOf((size) => size >= least),
      file,
    ),
  ).toBe(expected);
});

it('is a power of two here, or unknown, and the file stays as long', async () => {
  const found = await directAlignment(localShell, file);
  expect([512, 1024, 2048, 4096, undefined]).toContain(found);
  expect(statSync(file).size).toBeGreaterThanOrEqual(4096);
});
