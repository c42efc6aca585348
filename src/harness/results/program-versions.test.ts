import { describe, expect, it } from 'vitest';
import { localShell } from '../../platform/remote/local.ts';
import { parseVersion, programVersions } from './program-versions.ts';

describe('parseVersion', () => {
  it.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright (c) 2003', '7.2.22'],
    ['qemu-img version 8.2.2 (Debian 1:8.2.2+ds-0ubuntu1)', '8.2.2'],
    ['fio-3.33\n', '3.33'],
    ['BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.', '1.35.0'],
    ['mke2fs 1.47.0 (5-Feb-2023)\n\tUsing EXT2FS Library version 1.47.0', '1.47.0'],
    ['QEMU emulator version 9.1.0-rc2', '9.1.0-rc2'],
    ['usage: something', undefined],
  ])('of %j is %s', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});

describe('programVersions', () => {
  it('asks both streams and leaves out what is not there', async () => {
    const versions = await programVersions(localShell, {
      out: ['echo', 'out 1.2.3'],
      err: ['sh', '-c', 'echo err 4.5 >&2'],
      none: ['echo', 'hello'],
      missing: ['/nonexistent/program', '--version'],
    });
    expect(versions).toEqual({ out: '1.2.3', err: '4.5' });
  });
});
