import { showPath } from '../../../base/yaml/printable.ts';
import { valueSpan, type Path, type Tree } from '../../../base/yaml/tree.ts';
import type { Finding } from '../../../base/yaml/finding.ts';
import type { Scenario } from '../schema.ts';

/** A migration has its own use for further hosts. */
export function checkHosts({ measure, fixed, factors }: Scenario, tree: Tree): Finding[] {
  if (measure.migration === undefined) return [];
  const used: [Path, number | undefined][] = [
    [['fixed', 'hosts'], fixed.hosts],
    ...(factors.hosts ?? []).map((hosts, index): [Path, number] => [
      ['factors', 'hosts', index],
      hosts,
    ]),
  ];
  return used.flatMap(([path, hosts]) =>
    hosts === undefined || hosts === 1
      ? []
      : {
          span: valueSpan(tree, path),
          message: `${showPath(path)}: expected 1 beside measure.migration, whose guests start on one host; got ${hosts}`,
          remedy: 'remove it, or measure creation or guest-io over several hosts',
        },
  );
}
