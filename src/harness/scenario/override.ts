import { UserError } from '../../base/errors.ts';
import { parseYaml } from '../../base/yaml/parse-yaml.ts';
import { escapeControls, show, showPath } from '../../base/yaml/printable.ts';
import type { Entry, Path, Source, Span, Tree } from '../../base/yaml/tree.ts';

/** One `--set path=value`. */
export interface Override {
  path: readonly [string, ...string[]];
  value: Tree;
}

/**
 * Reads `repeat.trials=3`: a path by dots, and a value in YAML.
 * @throws UserError
 */
export function parseOverride(text: string): Override {
  const name = `--set ${text}`;
  const equals = text.indexOf('=');
  const [first = '', ...rest] = text.slice(0, Math.max(0, equals)).split('.');
  if (first === '' || rest.includes('') || rest.includes('__proto__')) {
    throw new UserError({
      where: escapeControls(name),
      message: `expected path=value such as repeat.trials=3, got ${show(text)}`,
    });
  }
  const source: Source = { name, text: text.slice(equals + 1), noun: 'scenario', lines: false };
  const value = parseYaml(source) ?? nothing({ source, start: 0, end: 0 });
  return { path: [first, ...rest], value };
}

/**
 * The tree with the override in it. A factor is either held or crossed: setting one in `fixed` takes
 * it out of `factors`, and the reverse.
 * @throws UserError if the path leads into a value that has no parts, or beyond the end of a list
 */
export function override(tree: Tree, { path, value }: Override): Tree {
  const [first, factor] = path;
  const other = first === 'fixed' ? 'factors' : first === 'factors' ? 'fixed' : undefined;
  const set = put(tree, path, 0, value);
  if (other === undefined) return set;
  return without(set, other, factor === undefined ? keysOf(value) : [factor]);
}

function put(tree: Tree | undefined, path: Path, depth: number, value: Tree): Tree {
  if (depth === path.length) return value;
  const step = String(path[depth]);
  if (tree?.kind === 'list') {
    const item = /^\d+$/.test(step) ? tree.items[Number(step)] : undefined;
    if (item === undefined) {
      throw refused(
        value.span,
        `${showPath(path.slice(0, depth))}: expected the number of an item, ` +
          `0 to ${tree.items.length - 1}, got ${show(step)}`,
      );
    }
    const items = [...tree.items];
    items[Number(step)] = put(item, path, depth + 1, value);
    return { ...tree, items };
  }
  if (tree?.kind === 'scalar' && tree.value !== null) {
    throw refused(
      value.span,
      `${showPath(path)}: expected the path of a key, but ${showPath(path.slice(0, depth))} is ${show(tree.value)}`,
    );
  }
  const entries = new Map<string, Entry>(tree?.kind === 'mapping' ? tree.entries : []);
  const entry = entries.get(step);
  const key = entry?.key ?? value.span;
  entries.set(step, { key, value: put(entry?.value, path, depth + 1, value) });
  return { kind: 'mapping', span: tree?.span ?? value.span, entries };
}

function without(tree: Tree, side: string, factors: readonly string[]): Tree {
  if (tree.kind !== 'mapping') return tree;
  const entry = tree.entries.get(side);
  if (entry?.value.kind !== 'mapping') return tree;
  const kept = new Map([...entry.value.entries].filter(([name]) => !factors.includes(name)));
  const entries = new Map(tree.entries);
  entries.set(side, { ...entry, value: { ...entry.value, entries: kept } });
  return { ...tree, entries };
}

function keysOf(tree: Tree): string[] {
  return tree.kind === 'mapping' ? [...tree.entries.keys()] : [];
}

function refused({ source }: Span, message: string): UserError {
  return new UserError({ where: escapeControls(source.name), message });
}

function nothing(span: Span): Tree {
  return { kind: 'scalar', span, value: null, written: '' };
}
