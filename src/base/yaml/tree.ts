/** A text that somebody wrote: a file, or the value of one `--set`. */
export interface Source {
  /** As it stands in messages: the path as given, or `--set repeat.trials=3`. */
  name: string;
  text: string;
  /** What it should be, for messages: `scenario`. */
  noun: string;
  /** Whether line and column help to find a place in it. */
  lines: boolean;
}

/** A piece of a source, as offsets into its text. */
export interface Span {
  source: Source;
  start: number;
  end: number;
}

export type Path = readonly PropertyKey[];

/** A YAML value that remembers where each of its parts was written. */
export type Tree = Scalar | List | Mapping;
export interface Scalar {
  kind: 'scalar';
  span: Span;
  value: string | number | boolean | null;
  /** A plain scalar as it was written: `0123` where the value is 123. */
  written: string;
}
export interface List {
  kind: 'list';
  span: Span;
  items: Tree[];
}
export interface Mapping {
  kind: 'mapping';
  span: Span;
  entries: Map<string, Entry>;
}
export interface Entry {
  key: Span;
  value: Tree;
}

/** The value without positions. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plain);
    case 'mapping':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
  }
}

/** The part at a path; undefined where there is none. */
export function at(tree: Tree, path: Path): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const step of path) here = here && child(here, step)?.value;
  return here;
}

/** Where the value at a path was written or, where it was not, the key of the nearest part above. */
export function valueSpan(tree: Tree, path: Path): Span {
  return at(tree, path)?.span ?? keySpan(tree, path.slice(0, -1));
}

/** Where the key at a path was written or, where there is none, of the nearest part above. */
export function keySpan(tree: Tree, path: Path): Span {
  let here = tree;
  let span = { ...tree.span, end: tree.span.start };
  for (const step of path) {
    const next = child(here, step);
    if (next === undefined) break;
    span = next.key;
    here = next.value;
  }
  return span;
}

function child(tree: Tree, step: PropertyKey): Entry | undefined {
  if (tree.kind === 'mapping') return tree.entries.get(String(step));
  if (tree.kind === 'scalar') return undefined;
  const item = tree.items[Number(step)];
  return item && { key: item.span, value: item };
}
