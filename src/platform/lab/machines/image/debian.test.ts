import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { debianRelease, releaseSources } from './debian.ts';

test('machines get the release of this machine', () => {
  expect(debianRelease('ID=debian\nVERSION_CODENAME=bookworm\n')).toBe('bookworm');
  expect(() => debianRelease('PRETTY_NAME="Fedora 40"\nID=fedora\n')).toThrow(
    'expected Debian, got Fedora 40',
  );
});

test('of the sources of packages, those of the release are asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vg-apt-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(releaseSources('bookworm', folder)).toEqual([]);
  mkdirSync(join(folder, 'sources.list.d'));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put('sources.list', 'deb http://deb.debian.org/debian bookworm main\n');
  put('sources.list.d/own.list', 'deb https://example.org/apt sdk-bookworm main\n');
  put('sources.list.d/off.list', '# deb http://deb.debian.org/debian bookworm main\n');
  put('sources.list.d/security.sources', 'Types: deb\nSuites: bookworm-updates bookworm\n');
  put('sources.list.d/old.list.save', 'deb http://deb.debian.org/debian bookworm main\n');
  expect(releaseSources('bookworm', folder)).toEqual([
    join(folder, 'sources.list'),
    join(folder, 'sources.list.d/security.sources'),
  ]);
});
