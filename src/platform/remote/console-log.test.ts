import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { consoleEnd, lastWords, panicIn, panicOf } from './console-log.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'virtgauge-console-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('is its last lines, without what only a terminal understands', () => {
  const path = join(folder, 'console.log');
  expect(consoleEnd(path)).toBe('');
  writeFileSync(
    path,
    '\u001b[2J\u001b[01;31mSeaBIOS\u001b[0m\r\n\r\none\r\n[    0.1] two\r\nthree',
  );
  expect(consoleEnd(path)).toBe('SeaBIOS\none\n[    0.1] two\nthree');
  expect(consoleEnd(path, 2)).toBe('[    0.1] two\nthree');
  writeFileSync(path, `${'x'.repeat(100_000)}\nlast\n`);
  expect(consoleEnd(path, 1)).toBe('last');
});

it('is named in one line where a host is lost, its panic first', () => {
  const path = join(folder, 'console.log');
  expect(lastWords(undefined)).toBe('');
  expect(lastWords(path)).toBe('');
  writeFileSync(path, 'zero\none\ntwo\nlogin:');
  expect(lastWords(path)).toBe('; the end of its console: one | two | login:');
  writeFileSync(
    path,
    'Kernel panic - not syncing: oops\nCPU: 0\nHardware name: QEMU\nmore\nand more\n',
  );
  expect(lastWords(path)).toContain('its console: Kernel panic - not syncing: oops | CPU: 0 |');
});

it('tells of the panic of a kernel and of Xen, and of nothing else', () => {
  const kernel =
    '[    2.101] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n[    2.2] CPU: 0';
  expect(panicIn(`booting\r\n${kernel}`)).toBe(kernel.replace('\r', ''));
  const xen = '(XEN) Panic on CPU 0:\n(XEN) Could not construct domain 0';
  expect(panicIn(`(XEN) ****\n${xen}\n`)).toContain('construct domain 0');
  expect(panicIn('Command line: panic=-1 console=hvc0')).toBeUndefined();
  expect(panicOf(join(folder, 'none'))).toBeUndefined();
});
