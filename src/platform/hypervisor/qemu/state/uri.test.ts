import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadUri, saveUri, writerPaths } from './uri.ts';

const folder = mkdtempSync(join(tmpdir(), "vg it's $HOME "));
afterAll(() => rmSync(folder, { recursive: true }));

/** As QEMU does it; a command may end before it has read its input. */
const execute = (uri: string, input = '') =>
  spawnSync('/bin/sh', ['-c', uri.replace(/^exec:/, '')], { input }).stdout.toString();

it('pipes a state to a file of any name and back, and tells how that ended', () => {
  const path = join(folder, 'a "state"; rm -rf');
  execute(saveUri('piped stream', path, folder), 'memory\n');
  expect(readFileSync(writerPaths(folder).code, 'utf8')).toBe('0\n');
  expect(execute(loadUri('piped stream', path))).toBe('memory\n');
});

it.each(['/dev/full', '/nowhere/state'])('keeps what the writer says of %s', (path) => {
  execute(saveUri('piped stream', path, folder), 'memory\n');
  expect(readFileSync(writerPaths(folder).code, 'utf8')).not.toBe('0\n');
  expect(readFileSync(writerPaths(folder).errors, 'utf8')).not.toBe('');
});

it('names the file to versions that write it themselves', () => {
  expect(saveUri('mapped', '/s/a.state', folder)).toBe('file:/s/a.state');
  expect(loadUri('stream', '/s/a.state')).toBe('file:/s/a.state');
});
