import type { Finding } from '../../../base/yaml/finding.ts';
import { keySpan, type Tree } from '../../../base/yaml/tree.ts';
import type { Scenario } from '../schema.ts';

/** The guest of a failover is the manager's: what its agents cannot make is not measured. */
export function checkFailover({ measure, fixed, factors, guest }: Scenario, tree: Tree): Finding[] {
  if (measure.failover === undefined) return [];
  const findings: Finding[] = [];
  const others = Object.entries(measure).filter(
    ([name, options]) => name !== 'failover' && options !== undefined,
  );
  for (const [name] of others) {
    findings.push({
      span: keySpan(tree, ['measure', name]),
      message: `measure.${name}: expected nothing beside measure.failover, whose guest is the manager's`,
      remedy: 'make two scenarios of them',
    });
  }
  if (guest.image !== 'micro') {
    findings.push({
      span: keySpan(tree, ['guest', 'image']),
      message: `guest.image: expected micro beside measure.failover, got ${guest.image}`,
    });
  }
  const only = { hypervisor: 'qemu', image: 'same', kernel: 'same', guests: 1, hosts: 1 } as const;
  for (const factor of Object.keys(only) as (keyof typeof only)[]) {
    const levels: readonly unknown[] = factors[factor] ?? [fixed[factor] ?? only[factor]];
    if (levels.every((level) => level === only[factor])) continue;
    const side = factors[factor] === undefined ? 'fixed' : 'factors';
    findings.push({
      span: keySpan(tree, [side, factor]),
      message: `${side}.${factor}: expected ${only[factor]} beside measure.failover, got ${levels.join(', ')}`,
    });
  }
  return findings;
}
