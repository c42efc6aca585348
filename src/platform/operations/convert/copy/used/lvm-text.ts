/** A section of LVM's metadata: settings and sections by name. */
export interface LvmSection {
  readonly [name: string]: LvmValue | undefined;
}
export type LvmValue = number | string | (number | string)[] | LvmSection;

/**
 * Reads LVM's metadata as it lies on a disk (lvm2, "libdm/libdm-config.c": sections in braces, numbers,
 * quoted text, lists).
 * @throws Error where it is something else
 */
export function parseLvmText(text: string): LvmSection {
  const tokens = text
    .replaceAll(/^\s*#.*$/gm, '')
    .match(/"(?:[^"\\]|\\.)*"|#[^\n]*|[{}[\],=]|[^\s{}[\],=#"]+/g);
  const words = (tokens ?? []).filter((word) => !word.startsWith('#'));
  let at = 0;
  const expected = (what: string) => new Error(`expected ${what}, got ${words[at] ?? 'the end'}`);
  const scalar = (): number | string => {
    const word = words[at];
    at += 1;
    if (word?.startsWith('"') === true) return word.slice(1, -1);
    const number = Number(word);
    if (word === undefined || Number.isNaN(number)) throw expected('a value');
    return number;
  };
  const list = (): (number | string)[] => {
    const values: (number | string)[] = [];
    for (at += 1; words[at] !== ']';) {
      if (words[at] === ',') at += 1;
      else values.push(scalar());
    }
    at += 1;
    return values;
  };
  const section = (end: string | undefined): LvmSection => {
    const found: Record<string, LvmValue> = {};
    while (words[at] !== end) {
      const name = words[at];
      const sign = words[at + 1];
      if (name === undefined || (sign !== '{' && sign !== '=')) throw expected('a name');
      at += 2;
      if (sign === '{') {
        found[name] = section('}');
        at += 1;
      } else found[name] = words[at] === '[' ? list() : scalar();
    }
    return found;
  };
  return section(undefined);
}

/** The sections in a section, by name. */
export function sectionsOf(section: LvmValue | undefined): [string, LvmSection][] {
  if (typeof section !== 'object' || Array.isArray(section)) return [];
  return Object.entries(section).flatMap(([name, value]): [string, LvmSection][] =>
    typeof value === 'object' && !Array.isArray(value) ? [[name, value]] : [],
  );
}
