import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppendOnlyFile } from './append-only-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-append-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('grows by what is appended, behind what was there', () => {
  writeFileSync(path, 'a\n');
  const file = new AppendOnlyFile(path);
  file.append('ü\n');
  file.append('');
  expect(file.size).toBe(statSync(path).size);
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('a\nü\n');
});

it('takes back a piece for which the space ends in its middle', () => {
  const script = `
    import { AppendOnlyFile } from ${JSON.stringify(join(import.meta.dirname, 'append-only-file.ts'))};
    const file = new AppendOnlyFile(${JSON.stringify(path)});
    file.append('a'.repeat(3000));
    try {
      file.append('b'.repeat(3000));
    } catch (error) {
      file.append('c');
      console.log(error.code, file.size);
    }`;
  // The limit is 4 KiB: the second piece is written to a third before it fails.
  const out = execFileSync(
    'bash',
    [
      '-c',
      'ulimit -f 4; exec "$0" --import tsx --input-type=module -e "$1"',
      process.execPath,
      script,
    ],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  expect(out).toBe('EFBIG 3001\n');
  expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(3000)}c`);
});

it('is fresh if asked for', () => {
  writeFileSync(path, '');
  expect(() => new AppendOnlyFile(path, { fresh: true })).toThrow('EEXIST');
});

it('is not written through a symbolic link', () => {
  symlinkSync(join(folder, 'elsewhere'), path);
  expect(() => new AppendOnlyFile(path)).toThrow('ELOOP');
});

it('is not written once closed', () => {
  const file = new AppendOnlyFile(path);
  file.close();
  file.close();
  expect(() => file.append('a')).toThrow('has been closed');
});
