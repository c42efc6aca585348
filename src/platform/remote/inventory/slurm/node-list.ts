/** Nodes at most: far more than any cluster has, and soon expanded. */
const most = 100_000;

/**
 * The names in a list of nodes as Slurm writes them: `node[01-03,07],gpu1`, `rack[1-2]n[1-4]`. The
 * first number fixes how far the others are padded with zeros; the last brackets vary soonest.
 * @returns every name once, in order; undefined if it is no such list, or is empty
 */
export function expandNodeList(text: string): string[] | undefined {
  const names = new Set<string>();
  for (const item of itemsOf(text.trim())) {
    const expanded = expandItem(item);
    if (expanded === undefined) return undefined;
    for (const name of expanded) names.add(name);
    if (names.size > most) return undefined;
  }
  return names.size === 0 ? undefined : [...names];
}

/** Splits at commas outside of brackets. */
function itemsOf(text: string): string[] {
  return text.split(/,(?![^[]*\])/);
}

/** Undefined unless it is a name, with numbers in brackets here and there. */
function expandItem(item: string): string[] | undefined {
  if (!/^[A-Za-z0-9_.-]*(\[[0-9,-]+\][A-Za-z0-9_.-]*)*$/.test(item) || item === '')
    return undefined;
  let names = [''];
  for (const [, literal, ranges] of item.matchAll(/([^[]+)|\[([^\]]+)\]/g)) {
    const parts = literal === undefined ? expandRanges(ranges ?? '') : [literal];
    if (parts === undefined || names.length * parts.length > most) return undefined;
    names = names.flatMap((name) => parts.map((part) => name + part));
  }
  return names;
}

/** `01-03,07` → 01, 02, 03, 07 */
function expandRanges(text: string): string[] | undefined {
  const numbers: string[] = [];
  for (const range of text.split(',')) {
    const [, low = '', high = low] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(range) ?? [];
    const [first, last] = [Number(low), Number(high)];
    if (low === '' || last < first || numbers.length + last - first >= most) return undefined;
    for (let number = first; number <= last; number++) {
      numbers.push(String(number).padStart(low.length, '0'));
    }
  }
  return numbers;
}
