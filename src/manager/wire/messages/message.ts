import { Refusal } from '../refusal.ts';
import type { Element } from '../xml/element.ts';
import { parseDocument } from '../xml/parse.ts';
import { bodies, type Body, type Kind } from './kinds.ts';
import { id, name, whole } from './scalars.ts';
import { maybe, readShape, writeShape, type Infer } from './shape.ts';

export const namespace = 'urn:virtgauge:cluster:1';

/** Inside of what is sealed, so that nobody can put a message elsewhere. */
export const header = {
  session: id,
  /** From 1 on in each direction; every one is higher than those before. */
  sequence: whole,
  sender: name,
  receiver: name,
  /** Milliseconds since 1970, by the sender's clock. */
  time: whole,
  /** Sequence of the request that this answers. */
  answers: maybe(whole),
} as const;

export type Header = Infer<typeof header>;

export interface Message {
  readonly header: Header;
  readonly body: Body;
}

/** A message as the document that goes over the wire or is sealed. */
export function writeMessage({ header: head, body }: Message): string {
  const inner = writeShape(body.kind, bodies[body.kind], body);
  const outer = writeShape('message', header, head, namespace);
  return `${outer.slice(0, -2)}>${inner}</message>`;
}

/**
 * Reads such a document, once.
 * @throws Refusal if it is none
 */
export function readMessage(bytes: Uint8Array): Message {
  const root = expectRoot(parseDocument(bytes), 'message');
  const [child, ...others] = root.children;
  if (child === undefined || others.length > 0) {
    throw new Refusal('not in the schema', 'expected one element in <message>');
  }
  const head = readShape({ ...root, children: [] }, header, ['xmlns']);
  if (!Object.hasOwn(bodies, child.name)) {
    throw new Refusal('not in the schema', `unknown message <${child.name.slice(0, 80)}>`);
  }
  const kind = child.name as Kind;
  return { header: head, body: { kind, ...readShape(child, bodies[kind]) } as Body };
}

/** @throws Refusal unless it is this element of our namespace, declared as the default one */
export function expectRoot(root: Element, name: string): Element {
  if (root.name === name && root.attributes.get('xmlns') === namespace) return root;
  throw new Refusal(
    'not in the schema',
    `expected <${name}> of ${namespace}, got <${root.name.slice(0, 80)}>`,
  );
}
