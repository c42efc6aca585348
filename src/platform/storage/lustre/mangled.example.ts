import fc from 'fast-check';
import { fixture } from './fixture.example.ts';

type Mangle = (text: string, a: number, b: number, noise: string) => string;

const cut: Mangle = (text, a, b) =>
  text
    .split('\n')
    .filter((_, index) => (index * 7 + a) % ((b % 5) + 2) !== 0)
    .join('\n');
const torn: Mangle = (text, a, b) => text.slice(a % text.length).slice(0, b % text.length);
const inserted: Mangle = (text, a, _, noise) =>
  text.slice(0, a % text.length) + noise + text.slice(a % text.length);
const swapped: Mangle = (text, a, b) => {
  const from = [' ', ':', '-', '0', '\n', '_'][a % 6] ?? '';
  const to = ['', '\t', '{', '-1', '&a', '\u0000'][b % 6] ?? '';
  return text.split(from).join(to);
};

/** Texts as other versions, broken terminals and full disks might print them. */
export function mangled(...names: readonly string[]): fc.Arbitrary<string> {
  const texts = names.map(fixture);
  return fc
    .record({
      text: fc.constantFrom(...texts, ' '),
      mangle: fc.constantFrom(cut, torn, inserted, swapped),
      numbers: fc.tuple(fc.nat(), fc.nat()),
      codes: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }),
    })
    .map(({ text, mangle, numbers: [a, b], codes }) =>
      mangle(text, a, b, String.fromCharCode(...codes)),
    );
}
