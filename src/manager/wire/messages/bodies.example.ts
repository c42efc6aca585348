import fc, { type Arbitrary } from 'fast-check';
import { namePattern } from '../../../base/name.ts';
import { speakable } from '../xml/text.ts';
import { bodies, type Body, type Kind } from './kinds.ts';
import { header } from './message.ts';
import type { Header } from './message.ts';
import type { Scalar } from './scalars.ts';
import type { Members } from './shape.ts';

const texts: Readonly<Record<string, Arbitrary<string>>> = {
  name: fc.stringMatching(namePattern),
  id: fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/),
  base64: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  endpoint: fc.constantFrom('127.0.0.1:7470', 'host-a.example:1', '[fd00::1]:65535'),
  guestAddress: fc.constantFrom('10.0.0.5/24', 'fd00::5/64'),
  text: fc.string({ unit: 'binary', maxLength: 200 }).map(speakable),
};

function scalarOf(scalar: Scalar<unknown>): Arbitrary<unknown> {
  const words = [...scalar.definition.matchAll(/enumeration value="([^"]*)"/g)];
  if (words.length > 0) return fc.constantFrom(...words.map(([, word = '']) => scalar.read(word)));
  if (scalar.type === 'whole') return fc.maxSafeNat();
  if (scalar.type === 'decimal') return fc.maxSafeNat().map((value) => (value % 1e9) / 1000);
  const text = texts[scalar.type];
  if (text === undefined) throw new Error(`no examples of ${scalar.type}`);
  return text;
}

/** Anything of a shape. */
export function dataOf(members: Members): Arbitrary<Record<string, unknown>> {
  const required: string[] = [];
  const model: Record<string, Arbitrary<unknown>> = {};
  for (const [key, member] of Object.entries(members)) {
    if (member.is === 'scalar' || member.is === 'list') required.push(key);
    if (member.is === 'scalar') model[key] = scalarOf(member as Scalar<unknown>);
    else if (member.is === 'maybe') model[key] = scalarOf(member.of as Scalar<unknown>);
    else if (member.is === 'part') model[key] = dataOf(member.of as Members);
    else model[key] = fc.array(dataOf(member.of as Members), { maxLength: 3 });
  }
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

export const kinds = Object.keys(bodies) as Kind[];

export function bodyOf(kind: Kind): Arbitrary<Body> {
  return dataOf(bodies[kind]).map((data) => ({ kind, ...data }) as Body);
}

export const anyBody: Arbitrary<Body> = fc.oneof(...kinds.map(bodyOf));

export const anyHeader = dataOf(header) as Arbitrary<Header>;
