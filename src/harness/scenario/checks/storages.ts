import { resolve } from 'node:path';
import { didYouMean } from '../../../base/yaml/closest.ts';
import type { Finding } from '../../../base/yaml/finding.ts';
import { needsGuests } from '../needs-guests.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Scenario } from '../schema.ts';
import { keySpan, valueSpan, type Path, type Tree } from '../../../base/yaml/tree.ts';

/** Storages are there if guests need one, are told apart by path, and every name used is defined. */
export function checkStorages(scenario: Scenario, tree: Tree): Finding[] {
  const names = Object.keys(scenario.storages);
  if (names.length > 0)
    return [...unknownNames(scenario, tree, names), ...samePaths(scenario, tree)];
  const user = needsGuests(scenario);
  if (user === undefined) return unknownNames(scenario, tree, names);
  return [
    {
      span: keySpan(
        tree,
        tree.kind === 'mapping' && tree.entries.has('storages') ? ['storages'] : ['measure', user],
      ),
      message: `storages: expected at least one storage for the guests of ${user}, got none`,
      remedy: 'add to the scenario: storages: { local: { kind: local } }',
    },
  ];
}

function unknownNames(
  { fixed, factors }: Scenario,
  tree: Tree,
  names: readonly string[],
): Finding[] {
  const used: [Path, string | undefined][] = [
    [['fixed', 'storage'], fixed.storage],
    ...(factors.storage ?? []).map((name, index): [Path, string] => [
      ['factors', 'storage', index],
      name,
    ]),
    [['fixed', 'template'], named(fixed.template)],
    ...(factors.template ?? []).map((name, index): [Path, string | undefined] => [
      ['factors', 'template', index],
      named(name),
    ]),
  ];
  return used.flatMap(([path, name]) => {
    if (name === undefined || names.includes(name)) return [];
    const expected = names.length === 0 ? 'a name defined in storages' : oneOf(names);
    return [
      {
        span: valueSpan(tree, path),
        message: `${showPath(path)}: expected ${expected}, got ${show(name)}`,
        hint: didYouMean(name, names),
        remedy: `or define it: storages: { ${name}: { kind: … } }`,
      },
    ];
  });
}

/** The level template may also say that it is on the storage of the disk. */
function named(template: string | undefined): string | undefined {
  return template === 'same' ? undefined : template;
}

function samePaths({ storages }: Scenario, tree: Tree): Finding[] {
  const owners = new Map<string, string>();
  return Object.entries(storages).flatMap(([name, { path }]) => {
    if (path === undefined) return [];
    const owner = owners.get(resolve(path));
    owners.set(resolve(path), owner ?? name);
    if (owner === undefined) return [];
    const at = ['storages', name, 'path'];
    return [
      {
        span: valueSpan(tree, at),
        message: `${showPath(at)}: expected a directory of its own, got that of storage ${owner}`,
        remedy:
          'give each storage its own directory; two names for one place compare it with itself',
      },
    ];
  });
}
