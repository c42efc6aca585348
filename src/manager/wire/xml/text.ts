import { Refusal } from '../refusal.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const meanings = new Map([
  ...Object.entries(escapes).map(([character, reference]) => [reference, character] as const),
  ['&apos;', "'"] as const,
]);

/** What XML 1.0 has no way to say: most control characters, lone surrogates, U+FFFE and U+FFFF. */
const unspeakable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Most texts: nothing in them has to be escaped or looked at. */
const simple = /^[ !#-%'-;=?-~]*$/;

/** Text for an attribute or an element; what XML cannot say becomes U+FFFD. */
export function escapeText(text: string): string {
  if (simple.test(text)) return text;
  return speakable(text).replaceAll(
    /[&<>"\t\n\r]/g,
    (character) => escapes[character] ?? character,
  );
}

/** The text as it comes out at the other end. */
export function speakable(text: string): string {
  return text.replaceAll(unspeakable, '\ufffd');
}

/**
 * Reads what `escapeText` writes: the five entities of XML itself and three control characters.
 * @throws Refusal for any other reference, and for characters that XML does not have
 */
export function unescapeText(text: string): string {
  if (simple.test(text)) return text;
  if (text.search(unspeakable) >= 0) throw new Refusal('malformed', 'a character that XML lacks');
  if (!text.includes('&')) return text;
  return text.replaceAll(/&[^;&]{0,10};?/g, (reference) => {
    const meaning = meanings.get(reference);
    if (meaning !== undefined) return meaning;
    throw new Refusal(
      'not permitted in XML',
      `expected one of XML's own entities, got ${JSON.stringify(reference)}`,
    );
  });
}
