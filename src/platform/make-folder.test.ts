import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'virtgauge-folder-'));
afterAll(() => rmSync(place, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, and may be repeated', () => {
    const path = join(place, 'a/b/c');
    makeFolder(path);
    makeFolder(path);
    expect(existsSync(path)).toBe(true);
  });

  it('refuses a file in the way', () => {
    writeFileSync(join(place, 'file'), '');
    expect(() => makeFolder(join(place, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(place, 'file/below'))).toThrow(/ENOTDIR/);
  });

  it('ends with an error where no folder can be made', () => {
    expect(() => makeFolder('/proc/virtgauge/below')).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
