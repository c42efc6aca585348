import { expect, it } from 'vitest';
import { loadScenario } from '../load.ts';

const load = (levels: string) => {
  const storages = 'storages: { one: { kind: local }, two: { kind: local } }';
  const text = `name: x\n${storages}\n${levels}\nmeasure: { creation: {} }\n`;
  return loadScenario('x.yaml', { read: () => new TextEncoder().encode(text) });
};

it.each([
  ['fixed: { template: tow }', /x\.yaml:3:20: fixed\.template: expected .*one.*two.*, got "tow"/],
  ['factors: { template: [same, three] }', /factors\.template\.1: expected .*, got "three"/],
])('a template lies on a storage that is defined: %s', (levels, message) => {
  expect(() => load(levels)).toThrow(message);
});

it.each(['fixed: { template: two }', 'factors: { template: [same, one, two] }'])(
  'takes %s',
  (levels) => {
    expect(() => load(levels)).not.toThrow();
  },
);

it('extents are shared only beside the template', () => {
  const reflink = 'fixed: { provisioning: reflink }\nfactors: { template: ';
  expect(() => load(`${reflink}[same, two] }`)).toThrow(
    /template two with provisioning reflink cannot be: extents are shared only within one file system/,
  );
  expect(() => load(`${reflink}[same, one] }`)).not.toThrow();
});
