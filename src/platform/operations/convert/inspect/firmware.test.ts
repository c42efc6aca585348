import { expect, it } from 'vitest';
import { parseFirmware } from './firmware.ts';

it.each([
  ['bios\n', 'bios', false],
  ['uefi\n', 'uefi', false],
  ['uefi\n   0\n', 'uefi', false],
  ['uefi\n   1\n', 'uefi', true],
])('reads %j', (text, kind, secureBoot) => {
  expect(parseFirmware(text)).toEqual({ kind, secureBoot });
});
