import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSource, type Read } from './read-source.ts';

function readScenario(path: string, read?: Read) {
  return readSource(path, { noun: 'scenario', missing: 'look elsewhere' }, read);
}

describe('readSource', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtgauge-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function file(content: string | Uint8Array): string {
    const path = join(folder, 'x.yaml');
    writeFileSync(path, content);
    return path;
  }

  it('reads a text and drops its byte order mark', () => {
    const path = file('\uFEFFname: ü\n');
    expect(readScenario(path)).toEqual({
      name: path,
      text: 'name: ü\n',
      noun: 'scenario',
      lines: true,
    });
  });

  it('reads what a shell gives for <(program)', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', 'printf "name: a\\n" > "$0"', pipe], { stdio: 'ignore' });
    expect(readScenario(pipe).text).toBe('name: a\n');
  });

  it('refuses 50 MB by its size, without reading it', () => {
    const path = file('');
    truncateSync(path, 50e6);
    expect(() => readScenario(path)).toThrow(
      'expected a scenario of at most 256 KiB (262144 bytes), got 50000000 bytes',
    );
  });

  it('refuses an endless file without a size', () => {
    expect(() => readScenario('/dev/zero')).toThrow('at most 256 KiB (262144 bytes), got more');
  });

  it('names what is wrong with a path', () => {
    expect(() => readScenario(join(folder, 'none.yaml'))).toThrow(
      'expected a scenario file, got nothing: it does not exist\n  look elsewhere',
    );
    expect(() => readScenario(folder)).toThrow('got a directory');
    expect(() => readScenario(join(file(''), 'x'))).toThrow('it does not exist');
    expect(() => readScenario('a\0b')).toThrow(String.raw`a\u0000b: cannot be read`);
  });

  it.skipIf(process.getuid?.() === 0)('tells that it may not read', () => {
    const path = file('name: a');
    chmodSync(path, 0o000);
    expect(() => readScenario(path)).toThrow('no permission to read it');
  });

  it('takes the same words for a permission that another reader misses', () => {
    const read = () => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    };
    expect(() => readScenario('x.yaml', read)).toThrow('x.yaml: expected a readable file');
  });

  it('refuses what is no text', () => {
    expect(() => readScenario(file(Uint8Array.of(0xff, 0xfe, 0x41)))).toThrow('in UTF-8');
    expect(() => readScenario(file('a\0b'))).toThrow('got a binary file');
  });
});
