import type { z } from 'zod';
import { didYouMean } from './closest.ts';
import type { Finding } from './finding.ts';
import { oneOf } from './one-of.ts';
import { show, showPath } from './printable.ts';
import { keysAt } from './schema-keys.ts';
import { at, keySpan, plain, valueSpan, type Path, type Tree } from './tree.ts';

type Issue = z.core.$ZodIssue | z.core.$ZodRawIssue;

/**
 * What a schema expected, in words: for zod's `error` option. A message of a schema's own comes
 * before it.
 */
export function expectation(issue: Issue): string {
  return `expected ${phrase(issue)}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function phrase(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive ?? true, ['at least', 'above']);
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive ?? true, ['at most', 'below']);
    case 'invalid_union': {
      const phrases = issue.errors.flat().map(({ message }) => message.replace(/^expected /, ''));
      return [...new Set(phrases)].join(' or ');
    }
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map(({ message }) => message.replace(/^expected /, '')).join(' and ');
    case 'unrecognized_keys':
      return 'no further key';
    default:
      return issue.message ?? 'another value';
  }
}

function bound(
  origin: string,
  limit: number | bigint,
  inclusive: boolean,
  [closed, open]: [string, string],
): string {
  const words = `${inclusive ? closed : open} ${limit}`;
  if (origin === 'array') return `a list of ${words} ${Number(limit) === 1 ? 'item' : 'items'}`;
  if (origin === 'string') return `a text of ${words} characters`;
  return inclusive ? `a number of ${words}` : `a number ${words}`;
}

/** What zod found, placed in the tree that it checked. */
export function findingsOf(
  issues: readonly z.core.$ZodIssue[],
  tree: Tree,
  schema: z.core.$ZodType,
): Finding[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [valueFinding(issue, tree)];
    const known = keysAt(schema, issue.path).filter((key) => !key.startsWith('$'));
    return issue.keys.map((key) => keyFinding(tree, [...issue.path, key], known));
  });
}

function keyFinding(tree: Tree, path: Path, known: readonly string[]): Finding {
  const hint = didYouMean(String(path.at(-1)), known);
  return {
    span: keySpan(tree, path),
    message: `${showPath(path)}: unknown key${hint === undefined ? `, expected ${oneOf(known)}` : ''}`,
    hint,
  };
}

function valueFinding(issue: z.core.$ZodIssue, tree: Tree): Finding {
  const { path, message } = issue;
  const name = path.length === 0 ? '' : `${showPath(path)}: `;
  if (issue.code === 'invalid_key') {
    return {
      span: keySpan(tree, path),
      message: `${name}${message}, got ${show(String(path.at(-1)))}`,
    };
  }
  const part = at(tree, path);
  const value = part && plain(part);
  const got = part === undefined ? 'nothing: the key is missing' : show(value);
  return {
    span: valueSpan(tree, path),
    message: `${name}${message}, got ${got}`,
    hint: hintFor(issue, value),
  };
}

function hintFor(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return didYouMean(value, issue.values.map(String));
  }
  if (issue.code === 'invalid_union' && typeof value === 'string') {
    const words = issue.errors.flat().flatMap((inner) => {
      return inner.code === 'invalid_value' ? inner.values.map(String) : [];
    });
    return didYouMean(value, words);
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'object' && value === null) return 'write {} for the defaults';
  if (issue.expected === 'array' && value !== null && typeof value !== 'object') {
    return 'write a list of one in [ ]';
  }
  const quotable = typeof value === 'number' || typeof value === 'boolean';
  return issue.expected === 'string' && quotable ? `write "${value}" for a text` : undefined;
}
