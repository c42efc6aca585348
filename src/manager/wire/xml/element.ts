import { escapeText } from './text.ts';

/** An XML element. Text stands only where there are no elements beside it. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** An element to be written; attributes in the order given, without those that are undefined. */
export function xml(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  content = '',
): string {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start += ` ${key}="${escapeText(value)}"`;
  }
  return content === '' ? `${start}/>` : `${start}>${content}</${name}>`;
}

/** The document of an element and all that is in it. */
export function writeElement({ name, attributes, children, text }: Element): string {
  const content = children.length > 0 ? children.map(writeElement).join('') : escapeText(text);
  return xml(name, Object.fromEntries(attributes), content);
}
