import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Source } from '../../base/yaml/tree.ts';
import { jsonPlace } from './json-place.ts';

function sourceOf(text: string): Source {
  return { name: 'x.json', text, noun: 'fio output', lines: true };
}

/** Every path into a value. */
function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child).map((path) => [key, ...path]),
  );
  return [[], ...inner];
}

it('finds every value of every JSON text where it stands', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = `notes\n${JSON.stringify(value, undefined, indent)}\n`;
      const read = JSON.parse(text.slice(6)) as unknown;
      for (const path of pathsOf(read)) {
        const { start, end } = jsonPlace(sourceOf(text), 6, path);
        const there = path.reduce((here, key) => (here as Record<string, unknown>)[key], read);
        expect(JSON.parse(text.slice(start, end))).toEqual(there);
      }
    }),
  );
});

it('points at the beginning where there is nothing at the path', () => {
  expect(jsonPlace(sourceOf('{"a":[1]}'), 0, ['a', 1])).toMatchObject({ start: 0, end: 0 });
  expect(jsonPlace(sourceOf('{"a":[1]}'), 0, ['b', 'c'])).toMatchObject({ start: 0, end: 0 });
});
