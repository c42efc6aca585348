import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lint } from '../messages/xmllint.example.ts';
import { openSealed, readSealed, seal } from './sealed.ts';

const key = { name: 's.out', bytes: randomBytes(32) };
const open = (text: string) => openSealed(readSealed(Buffer.from(text)), key).toString();
const refused = expect.objectContaining({ name: 'Refusal' }) as Error;

describe('a sealed message', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeNat(), (text, sequence) => {
        expect(open(seal(text, key, sequence))).toBe(text);
      }),
    );
  });

  it('keeps the published schema, as xmllint has it', () => {
    lint('encrypted-data.xsd', [seal('', key, 1), seal('content', key, 2 ** 53 - 1)]);
    const other = seal('a', key, 1).replace('aes256-gcm', 'aes256-cbc');
    expect(() => lint('encrypted-data.xsd', [other])).toThrow(/Algorithm/);
  });

  it('shows nothing of its content', () => {
    const content = '<message>shut down everything</message>';
    const sealed = seal(content, key, 1);
    const value = Buffer.from(readSealed(Buffer.from(sealed)).value, 'base64').toString('latin1');
    for (const word of ['message', 'shut', 'down']) expect(sealed + value).not.toContain(word);
  });

  it('is refused when any byte of it has changed', () => {
    const sealed = Buffer.from(seal('content', key, 1));
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ change;
        const same = () =>
          Buffer.from(readSealed(altered).value, 'base64').equals(
            Buffer.from(readSealed(sealed).value, 'base64'),
          );
        try {
          expect(openSealed(readSealed(altered), key).toString()).toBe('content');
        } catch (error) {
          expect(error).toEqual(refused);
          return;
        }
        // Unused bits at the end of base64 change nothing.
        expect(same()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused under another key, and under another name', () => {
    const sealed = readSealed(Buffer.from(seal('content', key, 1)));
    const others = [
      { ...key, bytes: randomBytes(32) },
      { ...key, name: 's.in' },
    ];
    for (const other of others) expect(() => openSealed(sealed, other)).toThrow(refused);
  });

  it.each([
    ['', 'nothing'],
    ['<EncryptedData/>', 'another form'],
    [seal('a', key, 1).replace('aes256-gcm', 'aes256-cbc'), 'another algorithm'],
    [seal('a', key, 1).replace('s.out', 's.out</KeyName><KeyName>x'), 'two names'],
    [`<wrap>${seal('a', key, 1)}</wrap>`, 'a wrapped one'],
    [seal('a', key, 1) + seal('b', key, 2), 'two of them'],
    [seal('a', key, 1).replace(/Value>[^<]+</, 'Value>AAAA<'), 'too short a value'],
    [seal('a', key, 1).replace(/Value>[^<]+</, 'Value><'), 'no value'],
  ])('%# is refused: %2$s', (text) => {
    expect(() => open(text)).toThrow(refused);
  });

  it('of more than the limit is refused before it is looked at', () => {
    expect(() => readSealed(new Uint8Array(100e6))).toThrow(/too large/);
  });
});
