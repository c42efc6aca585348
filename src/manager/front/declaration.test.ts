import { expect, it } from 'vitest';
import { declared, declaredText as text } from './declaration.example.ts';

it('reads what is written, with defaults for the rest', () => {
  expect(declared()).toMatchObject({
    ...{ director: 'lvs', forwarding: 'dr', policy: 'ma2scf-reconstructed', threshold: 0.8 },
    services: { web: { address: { address: '10.0.0.100', port: 80 }, guest: 'web1' } },
  });
});

it.each([
  [text.replace('10.0.0.100:80', '10.0.0.100'), 'expected ADDRESS:PORT'],
  [text.replace('10.0.0.201/24', '10.0.1.201/24'), 'expected FIRST-LAST/PREFIX'],
  [text.replace(/ {2}mail.*\n/, ''), 'expected at least two services'],
  [text.replace('guest: web1', 'guest: -web1'), 'expected a name'],
  [text.replace('director: lvs', 'director: lvs\npolicy: best'), 'policy'],
  ['', 'expected services'],
])('refuses a declaration, with its place: %#', (changed, message) => {
  expect(() => declared(changed)).toThrow(message);
});
