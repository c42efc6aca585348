import { expect, it } from 'vitest';
import { parseKexec } from './kexec.ts';
import { separator } from './look.ts';

it.each([
  [['', '', 'none [integrity] confidentiality', ''], false, false, 'integrity', false],
  [['yes', '0', '[none] integrity confidentiality', '/sbin/kexec'], true, false, 'none', true],
  [['yes', '1', '', ''], true, true, 'none', false],
])('reads %j', (parts, supported, disabled, lockdown, tool) => {
  expect(parseKexec(parts.join(`\n${separator}`))).toEqual({ supported, disabled, lockdown, tool });
});
