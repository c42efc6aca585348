import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from './quote.ts';

const nasty = fc.stringMatching(/^[-\n\t\r '"`$\\!*?~#&;|<>(){}[\]=^%aé\u0001\u007f]*$/);
const argument = fc
  .oneof(nasty, fc.string({ unit: 'binary' }))
  .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text);

describe('quote', () => {
  it('prop_ARealShellGivesBackEveryArgument', () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 40 }), (all) => {
        const line = `printf '%s\\0' ${all.map(quote).join(' ')}`;
        const printed = execFileSync('/bin/sh', ['-c', line]).toString();
        expect(printed.split('\0').slice(0, -1)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves plain words readable', () => {
    expect(quote('/usr/bin/qemu-img')).toBe('/usr/bin/qemu-img');
    expect(quote('a b')).toBe("'a b'");
    expect(quote('')).toBe("''");
  });

  it('refuses what no program can be given', () => {
    expect(() => quote('a\0b')).toThrow('without NUL');
  });
});
