import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDiskNames } from '../inspect/fstab.ts';
import { byUuid } from './by-uuid.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const names = { '/dev/sda1': 'UUID=11-aa', '/dev/sda5': 'UUID=55-bb', '/dev/sda11': 'UUID=1111' };

describe('disks by UUID', () => {
  it('in an fstab: the first field, nothing of comments, of other disks, and of the rest', () => {
    const text = fixture('fstab');
    const mended = byUuid(text, names);
    expect(parseDiskNames(mended)).toEqual(['/dev/sdb1']);
    const [before, after] = [text.split('\n'), mended.split('\n')];
    expect(after).toHaveLength(before.length);
    expect(after.filter((line, index) => line !== before[index])).toEqual([
      'UUID=11-aa       /               ext4    errors=remount-ro 0       1',
      'UUID=55-bb       none            swap    sw              0       0',
    ]);
  });

  it('in a configuration of GRUB: behind root= and resume=', () => {
    const mended = byUuid(fixture('grub.cfg'), names);
    expect(mended).toContain(
      'linux\t/boot/vmlinuz-3.10.0 root=UUID=11-aa ro resume=UUID=55-bb quiet',
    );
    expect(mended).toContain('GRUB_CMDLINE_LINUX="root=UUID=11-aa"');
    expect(mended).toContain("set root='hd0,msdos1'");
    expect(mended).not.toMatch(/\/dev\/sda/);
  });

  it('change nothing the second time, and nothing that has none of the names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(' ', '=', '"', '/dev/sda1', '/dev/sda', '1', '#', '\n')),
        (parts) => {
          const once = byUuid(parts.join(''), names);
          expect(byUuid(once, names)).toBe(once);
          expect(byUuid(parts.join(''), {})).toBe(parts.join(''));
        },
      ),
    );
    expect(byUuid('/dev/sda12 x\n/dev/sda1p\n', names)).toBe('/dev/sda12 x\n/dev/sda1p\n');
  });
});
