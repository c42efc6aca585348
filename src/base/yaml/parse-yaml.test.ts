import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../errors.ts';
import { parseYaml } from './parse-yaml.ts';
import { at, keySpan, plain, valueSpan } from './tree.ts';

function read(text: string) {
  return parseYaml({ name: 'x.yaml', text, noun: 'scenario', lines: true });
}

function value(text: string): unknown {
  const tree = read(text);
  return tree && plain(tree);
}

function complaints(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ where, message }) => `${where ?? ''}: ${message}`);
  }
}

describe('parseYaml', () => {
  it('remembers where keys and values were written', () => {
    const text = 'a:\n  b: [1, two]\n';
    const tree = read(text);
    if (!tree) throw new Error('no tree');
    const written = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect(written(valueSpan(tree, ['a', 'b', 1]))).toBe('two');
    expect(written(keySpan(tree, ['a', 'b']))).toBe('b');
    expect(written(valueSpan(tree, ['a', 'none']))).toBe('a');
    expect(at(tree, ['a', 'none', 'deeper'])).toBeUndefined();
  });

  it('expands aliases, and points at where they are used', () => {
    const text = 'a: &x {n: 1}\nb: *x\n';
    const tree = read(text);
    if (!tree) throw new Error('no tree');
    expect(plain(tree)).toEqual({ a: { n: 1 }, b: { n: 1 } });
    expect(text.slice(valueSpan(tree, ['b']).start)).toBe('*x\n');
  });

  it.each(['', '\n\n', '# only a comment\n', '---\n', '\uFEFF'])('finds nothing in %j', (text) => {
    expect(value(text) ?? null).toBeNull();
  });

  it.each([
    ['a:\n\tb: 1\n', 'x.yaml:2:1: expected spaces for indentation, got a tab'],
    ['a: 1\nb: 2\na: 3\n', 'x.yaml:3:1: expected every key once, got "a" again'],
    ['a: 1\n---\na: 2\n', 'x.yaml:2:1: expected one document, got a second one'],
    ['? [a, b]\n: 1\n', 'x.yaml:1:3: expected a text as key, got a list or a mapping'],
    ['? a\n? *b\n', 'x.yaml:2:3: expected a text as key, got a list or a mapping'],
    ['__proto__: 1\n', 'x.yaml:1:1: expected a text as key, got "__proto__"'],
    ['a: *b\n', 'x.yaml:1:4: expected an alias of an earlier anchor, got "*b"'],
    ['a: &x [*x]\n', 'x.yaml:1:8: expected an alias of an earlier value, got one inside its own'],
    ['a: !foo 1\n', 'x.yaml:1:4: unresolved tag: !foo'],
    ['a: !!binary aGk=\n', 'x.yaml:1:4: unresolved tag: tag:yaml.org,2002:binary'],
    ['a: "b\n', 'x.yaml:1:6: missing closing "quote'],
    [']', 'x.yaml:1:1: unexpected flow-seq-end token'],
  ])('refuses %j', (text, expected) => {
    expect(complaints(text)[0]).toContain(expected);
  });

  it('asks for the space after a colon', () => {
    expect(() => read('name:a\nb: 2\n')).toThrow('is a space missing after "name:"?');
  });

  it.each([
    ['[', '['.repeat(100_000)],
    ['- ', '- '.repeat(100_000)],
    ['? ', '? '.repeat(100_000)],
    ['{a: ', '{a: '.repeat(50_000)],
    ['indentation', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('refuses deep nesting by %s before anything overflows', (_, text) => {
    expect(complaints(text)).toEqual([
      expect.stringContaining('expected values nested at most 64 deep, got more'),
    ]);
  });

  it('refuses an anchor bomb', () => {
    const nine = (name: string) => Array.from({ length: 9 }, () => name).join(', ');
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${nine(`*a${i}`)}]`);
    expect(complaints(`a0: &a0 [${nine('x')}]\n${lines.join('\n')}\n`)).toEqual([
      'x.yaml:5:9: expected at most 20000 values, aliases expanded, got more',
    ]);
  });

  it('refuses a chain of aliases that nests deeply', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`);
    expect(complaints(`a0: &a0 [x]\n${lines.join('\n')}\n`)).toEqual([
      expect.stringContaining('nested at most 64 deep, aliases expanded'),
    ]);
  });

  it('stops at the first faults of a text that is nothing but faults', () => {
    expect(complaints(']'.repeat(100_000)).length).toBeLessThan(30);
  });

  it('reads every JSON value as the yaml library does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        const text = JSON.stringify(json, undefined, 1);
        fc.pre(!text.includes('__proto__'));
        expect(value(text)).toEqual(parse(text));
      }),
    );
  });

  it('answers any text by a tree or a UserError', () => {
    const unit = fc.constantFrom('a', ': ', '- ', '\n', '  ', '[', ']', '{', '}', ',', '&x ', '*x',
      '"', "'", '#', '|', '>', '!t ', '? ', '---\n', '\t', '%', '\u0000', '😀'); // prettier-ignore
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        complaints(text);
      }),
      { numRuns: 200 },
    );
  });
});
