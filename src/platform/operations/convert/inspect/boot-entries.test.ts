import { describe, expect, it } from 'vitest';
import { loadOption, variables } from './boot-entries.example.ts';
import { parseBootEntries } from './boot-entries.ts';

const debian = loadOption({ name: 'debian', file: '\\EFI\\debian\\shimx64.efi' });

describe('what the firmware starts', () => {
  it('is told in its order', () => {
    const old = loadOption({
      name: 'Windows Boot Manager',
      file: '\\EFI\\Microsoft\\bootmgfw.efi',
    });
    const text = variables([0x1a, 3], { '0003': old, '001A': debian });
    expect(parseBootEntries(text)).toEqual([
      { number: '001A', name: 'debian', file: '\\EFI\\debian\\shimx64.efi', option: debian },
      {
        number: '0003',
        name: 'Windows Boot Manager',
        file: expect.any(String) as string,
        option: old,
      },
    ]);
  });

  it.each([
    ['is switched off', loadOption({ name: 'debian', file: '\\a.efi', active: false })],
    // PciRoot(0x0): where something is attached in this machine.
    ['hangs on a slot', loadOption({ name: 'UEFI: PXE', path: '02010c00d041030a00000000' })],
    ['names no file', loadOption({ name: 'disk', path: loadOption({}).slice(0, 0) })],
    ['is cut off', debian.slice(0, 9)],
    ['is broken', `${debian.slice(0, 40)}ffff`],
  ])('leaves out what %s', (_, option) => {
    expect(parseBootEntries(variables([0], { '0000': option }))).toEqual([]);
  });

  it('leaves out what is in no order, and what is ordered but not there', () => {
    expect(parseBootEntries(variables([7], { '0000': debian }))).toEqual([]);
    expect(parseBootEntries('')).toEqual([]);
  });
});
