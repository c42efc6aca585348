import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytes, duration, memory, orderedIdentifier } from './quantities.ts';

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' });

describe('quantities', () => {
  it.each([
    ['64MiB', 2 ** 26],
    ['1.5 kB', 1500],
    [4096, 4096],
    ['4096', 4096],
  ])('reads the size %j', (text, expected) => {
    expect(bytes.parse(text)).toBe(expected);
  });

  it.each([0, -1, '0', '4k', '1 PiB', '', 'MiB', '-4MiB', true, null, [1], '9e9', Infinity])(
    'refuses the size %j with what it expects',
    (value) => {
      const messages = bytes.safeParse(value).error?.issues.map(({ message }) => message);
      expect(messages).toEqual(['expected a size above 0 such as 64MiB or 4096']);
    },
  );

  it('refuses memory without a unit, where bytes cannot be meant', () => {
    expect(memory.safeParse(512).success).toBe(false);
    expect(memory.parse('512MiB')).toBe(2 ** 29);
  });

  it('refuses durations that no timer can wait for', () => {
    expect(duration.parse('2h')).toBe(7200);
    expect(duration.safeParse('600h').success).toBe(false);
    expect(duration.safeParse(0).success).toBe(false);
  });

  it('refuses names that JavaScript would sort', () => {
    expect(orderedIdentifier.safeParse('10').success).toBe(false);
    expect(orderedIdentifier.parse('10g')).toBe('10g');
  });

  it('has a pattern for editors that takes what it takes', () => {
    const json = JSON.stringify(schemaOf(bytes));
    const pattern = /"pattern":("(?:[^"\\]|\\.)*")/.exec(json)?.[1];
    const regex = new RegExp(JSON.parse(pattern ?? '"$.^"') as string);
    const text = fc.stringMatching(/^ ?[0-9]{0,3}(\.[0-9])? ?([kKMGT]i?B?|B|x)? ?$/);
    fc.assert(
      fc.property(text, (written) => {
        if (bytes.safeParse(written).success) expect(written).toMatch(regex);
        else if (regex.test(written)) expect(Number.parseFloat(written)).toBeLessThan(1);
      }),
    );
  });
});
