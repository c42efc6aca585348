import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** An XML element. Text stands only where there are no elements beside it. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  content: readonly (Element | undefined)[] | string = [],
): Element {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name,
    attributes: Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
    children: typeof content === 'string' ? [] : content.filter((child) => child !== undefined),
    text: typeof content === 'string' ? content : '',
  };
}

/** How fast-xml-parser has a tree that keeps its order. */
type Node = Record<string, unknown> & { ':@'?: Record<string, string> };

const attributesOf = ':@';
const textOf = '#text';

// White space in attributes would come back as blanks (XML 1.0, 3.3.3), a carriage return as a line feed.
const escapes = [
  { regex: /&/g, val: '&amp;' },
  { regex: /</g, val: '&lt;' },
  { regex: />/g, val: '&gt;' },
  { regex: /"/g, val: '&quot;' },
  { regex: /\n/g, val: '&#10;' },
  { regex: /\t/g, val: '&#9;' },
  { regex: /\r/g, val: '&#13;' },
];

const layout = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  format: true,
  entities: escapes,
};
// Deprecated in favour of packages that do only this, and that come along with it.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const builder = new XMLBuilder(layout);

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

// What XML 1.0 (2.2) has no way to write, not even escaped.
const unwritable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;

/** @throws Error if a text has a character that XML cannot hold */
export function formatXml(root: Element): string {
  return `${builder.build([toNode(root)]).trim()}\n`;
}

function toNode({ name, attributes, children, text }: Element): Node {
  for (const value of [text, ...Object.values(attributes)]) {
    const bad = unwritable.exec(value)?.[0];
    if (bad === undefined) continue;
    const code = bad.charCodeAt(0).toString(16).padStart(4, '0');
    throw new Error(`XML cannot hold the character U+${code} in ${JSON.stringify(value)}`);
  }
  return {
    [name]: text === '' ? children.map(toNode) : [{ [textOf]: text }],
    ...(Object.keys(attributes).length > 0 && { [attributesOf]: attributes }),
  };
}

/**
 * Comments are left out.
 * @throws Error that says why the text is no XML, with line and column
 */
export function parseXml(text: string): Element {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above: it is the check
  const roots = (parser.parse(text, true) as Node[]).flatMap(toElement);
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw new Error(`expected one root element, got ${roots.length}`);
  }
  return root;
}

function toElement(node: Node): Element[] {
  const name = Object.keys(node).find((key) => key !== attributesOf && key !== textOf);
  if (name === undefined) return [];
  const inside = node[name] as Node[];
  const children = inside.flatMap(toElement);
  const text = inside.map((each) => (each[textOf] as string | undefined) ?? '').join('');
  return [
    {
      ...{ name, children },
      attributes: { ...node[attributesOf] },
      text: children.length > 0 ? '' : text,
    },
  ];
}

/** The first child of a name. */
export function child({ children }: Element, name: string): Element | undefined {
  return children.find((each) => each.name === name);
}

export function childrenOf({ children }: Element, name: string): Element[] {
  return children.filter((each) => each.name === name);
}

/** Puts an element in the place of the first child of its name, or at the end. */
export function setChild(parent: Element, replacement: Element): void {
  const at = parent.children.findIndex(({ name }) => name === replacement.name);
  if (at < 0) parent.children.push(replacement);
  else parent.children[at] = replacement;
}

export function removeChildren(parent: Element, name: string): void {
  parent.children = parent.children.filter((each) => each.name !== name);
}

/** The first element at the end of a path of names. */
export function at(root: Element, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((each, name) => each && child(each, name), root);
}
