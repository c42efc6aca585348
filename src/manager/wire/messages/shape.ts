import { Refusal } from '../refusal.ts';
import { xml, type Element } from '../xml/element.ts';
import type { Scalar } from './scalars.ts';

/** An attribute that may be absent. */
export interface Maybe<T> {
  readonly is: 'maybe';
  readonly of: Scalar<T>;
}

/** Elements of one name, any number of them. */
export interface List<Of extends Members> {
  readonly is: 'list';
  readonly element: string;
  readonly of: Of;
}

/** An element that may be absent. */
export interface Part<Of extends Members> {
  readonly is: 'part';
  readonly element: string;
  readonly of: Of;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inferred from each member
type Member = Scalar<any> | Maybe<any> | List<any> | Part<any>;

/** What an element holds: scalars are its attributes, lists and parts its children, in this order. */
export interface Members {
  readonly [key: string]: Member;
}

type Optional<M extends Members> = {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any content
  [K in keyof M]: M[K] extends Maybe<any> | Part<any> ? K : never;
}[keyof M];

type Value<M> =
  M extends Scalar<infer T>
    ? T
    : M extends Maybe<infer T>
      ? T
      : M extends List<infer Of>
        ? readonly Infer<Of>[]
        : M extends Part<infer Of>
          ? Infer<Of>
          : never;

/** The plain data that an element of this shape is read as. */
export type Infer<M extends Members> = {
  readonly [K in Exclude<keyof M, Optional<M>>]: Value<M[K]>;
} & { readonly [K in Optional<M>]?: Value<M[K]> | undefined };

export function maybe<T>(of: Scalar<T>): Maybe<T> {
  return { is: 'maybe', of };
}

export function list<const Of extends Members>(element: string, of: Of): List<Of> {
  return { is: 'list', element, of };
}

export function part<const Of extends Members>(element: string, of: Of): Part<Of> {
  return { is: 'part', element, of };
}

type Plain = Readonly<Record<string, unknown>>;

/** Writes an element; data that the shape does not name is left out. */
export function writeShape(
  name: string,
  members: Members,
  data: Plain,
  namespace?: string,
): string {
  const attributes: Record<string, string | undefined> = { xmlns: namespace };
  let content = '';
  for (const [key, member] of Object.entries(members)) {
    const value = data[key];
    if (value === undefined) continue;
    switch (member.is) {
      case 'scalar':
        attributes[key] = member.write(value);
        break;
      case 'maybe':
        attributes[key] = member.of.write(value);
        break;
      case 'part':
        content += writeShape(member.element, member.of as Members, value as Plain);
        break;
      case 'list':
        for (const each of value as readonly Plain[]) {
          content += writeShape(member.element, member.of as Members, each);
        }
    }
  }
  return xml(name, attributes, content);
}

/**
 * Reads an element as the schema has it: nothing missing, nothing besides.
 * @throws Refusal that says which element and attribute
 */
export function readShape<M extends Members>(
  element: Element,
  members: M,
  ignored: readonly string[] = [],
): Infer<M> {
  const data: Record<string, unknown> = {};
  for (const key of element.attributes.keys()) {
    const member = Object.hasOwn(members, key) ? members[key] : undefined;
    if (member?.is === 'scalar' || member?.is === 'maybe' || ignored.includes(key)) continue;
    throw notInSchema(`<${element.name}> has no attribute ${JSON.stringify(key)}`);
  }
  if (element.text !== '') throw notInSchema(`<${element.name}> has no text`);
  let next = 0;
  const take = (name: string) => {
    const child = element.children[next];
    if (child?.name !== name) return undefined;
    next++;
    return child;
  };
  for (const [key, member] of Object.entries(members)) {
    if (member.is === 'list') {
      const values: unknown[] = [];
      for (let each = take(member.element); each; each = take(member.element)) {
        values.push(readShape(each, member.of as Members));
      }
      data[key] = values;
    } else if (member.is === 'part') {
      const child = take(member.element);
      if (child !== undefined) data[key] = readShape(child, member.of as Members);
    } else {
      const value = readScalar(element, key, member);
      if (value !== undefined) data[key] = value;
    }
  }
  const rest = element.children[next];
  if (rest !== undefined) throw notInSchema(`<${rest.name}> in <${element.name}>`);
  return data as Infer<M>;
}

function readScalar(element: Element, key: string, member: Scalar<unknown> | Maybe<unknown>) {
  const given = element.attributes.get(key);
  if (given === undefined) {
    if (member.is === 'maybe') return undefined;
    throw notInSchema(`<${element.name}> needs the attribute ${key}`);
  }
  const scalar = member.is === 'maybe' ? member.of : member;
  const value = scalar.read(given);
  if (value !== undefined) return value;
  const got = JSON.stringify(given.slice(0, 80));
  throw notInSchema(`${key} of <${element.name}>: expected ${scalar.type}, got ${got}`);
}

function notInSchema(detail: string): Refusal {
  return new Refusal('not in the schema', detail);
}
