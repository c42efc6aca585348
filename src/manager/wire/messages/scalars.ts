import { namePattern } from '../../../base/name.ts';

/** What an attribute holds: how it is read, written, and described in the schema. */
export interface Scalar<T> {
  readonly is: 'scalar';
  /** Name of its type in the schema. */
  readonly type: string;
  /** The type itself, as XSD. */
  readonly definition: string;
  /** Undefined if the text is none of this type. */
  read(text: string): T | undefined;
  write(value: T): string;
}

function restriction(name: string, base: string, facets: string): string {
  return `<xs:simpleType name="${name}"><xs:restriction base="xs:${base}">${facets}</xs:restriction></xs:simpleType>`;
}

/** A text in a pattern that means the same to XSD and to JavaScript. */
function patterned(type: string, pattern: string): Scalar<string> {
  const expression = new RegExp(`^(?:${pattern})$`);
  return {
    is: 'scalar',
    type,
    definition: restriction(type, 'string', `<xs:pattern value="${pattern}"/>`),
    read: (text) => (expression.test(text) ? text : undefined),
    write: (value) => value,
  };
}

function numeric(type: string, base: string, from: number, to: number): Scalar<number> {
  const whole = base === 'integer';
  return {
    is: 'scalar',
    type,
    definition: restriction(
      type,
      base,
      `<xs:minInclusive value="${from}"/><xs:maxInclusive value="${to}"/>`,
    ),
    read: (text) => {
      const value = Number(text);
      const plain = whole ? /^\d{1,16}$/ : /^\d{1,15}(?:\.\d{1,9})?$/;
      return plain.test(text) && value >= from && value <= to ? value : undefined;
    },
    write: (value) => (whole ? String(value) : value.toFixed(6).replace(/\.?0+$/, '')),
  };
}

/** Names as everywhere, see `base/name.ts`. */
export const name = patterned('name', namePattern.source.replace(/^\^|\$$/g, ''));

/** Ids that programs make: of sessions, requests, boots. */
export const id = patterned('id', '[A-Za-z0-9._:\\-]{1,128}');

/** Bytes in base64. */
export const base64 = patterned('base64', '[A-Za-z0-9+/]{0,200000}={0,2}');

/** `host:port`, an IPv6 address in brackets. */
export const endpoint = patterned(
  'endpoint',
  '(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9.\\-]{1,253}):[0-9]{1,5}',
);

/** An address with the length of its prefix: `10.0.0.5/24`. */
export const guestAddress = patterned('guestAddress', '[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}');

/** Text for people; a longer one is cut when it is written. */
export const text: Scalar<string> = {
  is: 'scalar',
  type: 'text',
  definition: restriction('text', 'string', '<xs:maxLength value="4000"/>'),
  // Characters in XSD, UTF-16 units here: never more characters than units.
  read: (value) => (value.length <= 4000 ? value : undefined),
  write: (value) => value.slice(0, 4000),
};

/** From 0 on; exact as a JavaScript number. */
export const whole = numeric('whole', 'integer', 0, Number.MAX_SAFE_INTEGER);

/** From 0 on, kept to six digits after the point. */
export const decimal = numeric('decimal', 'decimal', 0, 1e12);

export const flag: Scalar<boolean> = {
  is: 'scalar',
  type: 'flag',
  definition: restriction(
    'flag',
    'string',
    '<xs:enumeration value="true"/><xs:enumeration value="false"/>',
  ),
  read: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  write: String,
};

/** One of a few words. */
export function choice<const Words extends readonly string[]>(
  type: string,
  words: Words,
): Scalar<Words[number]> {
  const facets = words.map((word) => `<xs:enumeration value="${word}"/>`).join('');
  return {
    is: 'scalar',
    type,
    definition: restriction(type, 'string', facets),
    read: (value) => words.find((word) => word === value),
    write: (value) => value,
  };
}
