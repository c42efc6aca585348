// C0 and C1 controls, line separators, and what turns the direction of text.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from outside made safe for a terminal: what controls is shown as an escape, `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** The same at one column a character, so that a caret below still points at the right one. */
export function maskControls(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\t') return '→';
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '�';
  });
}

/** `a scenario`, `an inventory` */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

const longest = 40;

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text;
}

/** A path in the form that `--set` takes: `storages.shared.kind`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.map((step) => escapeControls(shorten(String(step)))).join('.');
}

/** A value as a message names it: short, text in quotes, collections by what they are. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') {
    return escapeControls(JSON.stringify(shorten(value)));
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return 'an empty list';
    return value.length === 1 ? 'a list of 1 item' : `a list of ${value.length} items`;
  }
  if (typeof value === 'object') {
    return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}
