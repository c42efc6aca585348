import { expect, it } from 'vitest';
import { loadOption, variables } from './boot-entries.example.ts';
import { parseFirmware } from './firmware.ts';
import { separator } from './look.ts';

it.each([
  ['bios\n', 'bios', false],
  ['uefi\n', 'uefi', false],
  ['uefi\n   0\n', 'uefi', false],
  ['uefi\n   1\n', 'uefi', true],
])('reads %j', (text, kind, secureBoot) => {
  expect(parseFirmware(text)).toMatchObject({ kind, secureBoot });
});

it('reads what UEFI starts', () => {
  const text = `uefi\n${separator}removable\n${variables([1], { '0001': loadOption({}) })}`;
  expect(parseFirmware(text)).toMatchObject({
    entries: [{ number: '0001', name: 'debian', file: '\\EFI\\BOOT\\BOOTX64.EFI' }],
    removable: true,
  });
  expect(parseFirmware(`uefi\n${separator}`)).toMatchObject({ entries: [], removable: false });
});
