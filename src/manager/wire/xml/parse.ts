import { XMLParser } from 'fast-xml-parser';
import { Refusal } from '../refusal.ts';
import { writeElement, type Element } from './element.ts';
import { limits } from './limits.ts';
import { unescapeText } from './text.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  maxNestedTags: limits.depth,
});

/**
 * The text of a document, if it is one that may be given to a parser: UTF-8, within the limits, and
 * nothing but elements. Without `<!` and `<?` there are no document types, no entities, no comments, no
 * CDATA and no processing instructions, so no parser has anything to expand or to fetch.
 * @throws Refusal
 */
export function admit(bytes: Uint8Array): string {
  if (bytes.length > limits.size) {
    throw new Refusal('too large', `expected at most ${limits.size} bytes, got ${bytes.length}`);
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    throw new Refusal('malformed', 'it is no UTF-8', { cause: error });
  }
  const forbidden = /<[!?]/.exec(text);
  if (forbidden !== null) {
    const what = JSON.stringify(text.slice(forbidden.index, forbidden.index + 10));
    throw new Refusal('not permitted in XML', `expected elements only, got ${what}`);
  }
  countElements(text);
  return text;
}

/** Counts on the text, before anything is built from it; what is not well formed may be counted wrong. */
function countElements(text: string): void {
  let [depth, count] = [0, 0];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text[at + 1] === '/') {
      depth--;
      continue;
    }
    if (depth >= limits.depth) {
      throw new Refusal('too deep', `expected at most ${limits.depth} elements, one in the other`);
    }
    if (text[text.indexOf('>', at) - 1] !== '/') depth++;
    if (++count > limits.elements) {
      throw new Refusal('too large', `expected at most ${limits.elements} elements`);
    }
  }
}

/**
 * Parses a whole document in the one form in which documents go over the wire: that of `xml`, without
 * white space between elements. What was understood is written again and must be what came, byte for
 * byte; so nothing is skipped, guessed or mended.
 * @throws Refusal if it is not one such document within the limits
 */
export function parseDocument(bytes: Uint8Array): Element {
  const text = admit(bytes);
  const root = parseCanonical(text);
  if (writeElement(root) === text) return root;
  throw new Refusal(
    'malformed',
    'it is not well formed, or not written in the one way that is read',
  );
}

/**
 * The same for documents of the libraries for signatures and encryption, which put white space between
 * elements: it is the only thing that may differ.
 */
export function parseSpaced(text: string): Element {
  const root = parseCanonical(text);
  if (writeElement(root) === text.replaceAll(/>\s+</g, '><')) return root;
  throw new Refusal(
    'malformed',
    'it is not well formed, or not written in the one way that is read',
  );
}

/**
 * Parses what a canonicalization has written, which is well formed for that reason.
 * @throws Refusal if it has not one root, or text beside elements
 */
export function parseCanonical(text: string): Element {
  let nodes: Node[];
  try {
    nodes = parser.parse(text) as Node[];
  } catch (error) {
    throw new Refusal('malformed', (error as Error).message, { cause: error });
  }
  const roots = elementsOf(nodes);
  const [root] = roots;
  if (root !== undefined && roots.length === 1) return root;
  throw new Refusal('malformed', `expected one root element, got ${roots.length}`);
}

/** An element or a text as fast-xml-parser has it with `preserveOrder`. */
type Node = Readonly<Record<string, unknown>>;

function elementsOf(nodes: readonly Node[]): Element[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@') ?? '';
    return name === '#text' ? [] : [elementOf(name, node)];
  });
}

function elementOf(name: string, node: Node): Element {
  const content = node[name] as readonly Node[];
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries((node[':@'] ?? {}) as Record<string, string>)) {
    attributes.set(key, unescapeText(value));
  }
  const children = elementsOf(content);
  const text = content.map((each) => ('#text' in each ? String(each['#text']) : '')).join('');
  if (children.length > 0 && text.trim() !== '') {
    throw new Refusal('malformed', `text beside elements in <${name}>`);
  }
  return { name, attributes, children, text: children.length > 0 ? '' : unescapeText(text) };
}
