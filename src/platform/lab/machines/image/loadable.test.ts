import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isOf64Bits, loadable } from './loadable.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'virtgauge-loadable-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Header {
  type: string;
  offset: number;
  address: string;
  fileSize: number;
  memorySize: number;
}

/** The program headers as binutils reads them. */
function headers(program: Buffer): Header[] {
  const path = join(folder, 'program');
  writeFileSync(path, program);
  const text = execFileSync('readelf', ['-lW', path], { encoding: 'utf8' });
  return [...text.matchAll(/^  ([A-Z_]+) +(0x\w+) (0x\w+) 0x\w+ (0x\w+) (0x\w+)/gm)].map(
    ([, type = '', offset, address = '', fileSize, memorySize]) => ({
      ...{ type, address, offset: Number(offset) },
      ...{ fileSize: Number(fileSize), memorySize: Number(memorySize) },
    }),
  );
}

/** A static program with four million zeros between what it has, as a kernel has. */
function linked(): Buffer {
  const source = join(folder, 'zeros.c');
  const to = join(folder, 'zeros');
  writeFileSync(
    source,
    `__attribute__((section(".data"))) char first[1 << 22] = {1};
     __attribute__((section(".note.own"), used)) const int note[] = {4, 4, 18, 0x006e6558, 7};
     void _start(void) { first[5] = 1; }`,
  );
  execFileSync('gcc', ['-static', '-nostdlib', '-g', '-o', to, source]);
  return readFileSync(to);
}

it('keeps what is loaded where it is loaded, without sections and without zeros at the end', () => {
  const whole = linked();
  expect(isOf64Bits(whole)).toBe(true);
  const part = loadable(whole);
  expect(part.length).toBeLessThan(whole.length - 4_000_000);
  const [before, after] = [headers(whole), headers(part)];
  expect(after).toHaveLength(before.length);
  for (const [index, old] of before.entries()) {
    const now = after[index] ?? old;
    expect(now).toMatchObject({ type: old.type, address: old.address, memorySize: old.memorySize });
    const content = (file: Buffer, { offset, fileSize }: Header) =>
      file.subarray(offset, offset + fileSize);
    // What is left out are zeros.
    const rest = Buffer.alloc(old.fileSize - now.fileSize);
    expect(Buffer.concat([content(part, now), rest]).equals(content(whole, old))).toBe(true);
  }
  expect(before.some(({ type }) => type === 'NOTE')).toBe(true);
});

it('refuses programs of 32 bits', () => {
  const head = Buffer.alloc(64);
  head.writeUInt16LE(32, 54);
  head.writeUInt8(1, 4);
  expect(isOf64Bits(head)).toBe(false);
  expect(() => loadable(head)).toThrow('expected ELF of 64 bits');
});
