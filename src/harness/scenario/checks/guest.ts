import type { Finding } from '../../../base/yaml/finding.ts';
import { show } from '../../../base/yaml/printable.ts';
import { keySpan, valueSpan, type Tree } from '../../../base/yaml/tree.ts';
import type { Scenario } from '../schema.ts';

/** What does not go together in `guest`, and with the levels. */
export function checkGuest(scenario: Scenario, tree: Tree): Finding[] {
  return [
    ...checkKernel(scenario, tree),
    ...checkStart(scenario, tree),
    ...checkDomain(scenario, tree),
  ];
}

/** A cloud image boots its own kernel. */
function checkKernel({ guest, fixed, factors }: Scenario, tree: Tree): Finding[] {
  const { image, kernel } = guest;
  if (image === 'micro') return [];
  const levels = factors.kernel ?? [fixed.kernel ?? 'same'];
  const other = levels.findIndex((level) => level !== 'same');
  // Where arms have images of their own, combinations tell it.
  if (other >= 0 && (factors.image ?? fixed.image ?? 'same') === 'same') {
    const path = factors.kernel === undefined ? ['fixed', 'kernel'] : ['factors', 'kernel', other];
    return [
      {
        span: valueSpan(tree, path),
        message: `${path.join('.')}: expected same, since the image ${show(image)} boots its own; got ${show(levels[other] ?? '')}`,
        remedy: `remove ${path.slice(0, 2).join('.')}, or use guest.image: micro`,
      },
    ];
  }
  if (kernel === undefined) return [];
  return [
    {
      span: valueSpan(tree, ['guest', 'kernel']),
      message: `guest.kernel: expected none, since the image ${show(image)} boots its own; got ${show(kernel)}`,
      remedy: 'remove guest.kernel, or use guest.image: micro',
    },
  ];
}

/** A restored guest needs our own program inside, which gives it an identity of its own. */
function checkStart({ guest: { image }, fixed, factors }: Scenario, tree: Tree): Finding[] {
  if (image === 'micro') return [];
  const index = factors.start?.indexOf('snapshot') ?? -1;
  if (fixed.start !== 'snapshot' && index < 0) return [];
  const path = index < 0 ? ['fixed', 'start'] : ['factors', 'start', index];
  return [
    {
      span: valueSpan(tree, path),
      message: `${path.join('.')}: expected boot beside guest.image ${show(image)}, which cannot be given an identity of its own after it is restored; got snapshot`,
      remedy: 'use guest.image: micro, or start: boot',
    },
  ];
}

/** Levels that a domain XML of the user decides. */
const decidedByDomain = ['machine', 'cpu', 'vcpus', 'memory', 'hugepages'] as const;

function checkDomain({ guest: { domain }, fixed, factors }: Scenario, tree: Tree): Finding[] {
  if (domain === undefined) return [];
  const others = (factors.hypervisor ?? [fixed.hypervisor ?? 'qemu']).filter(
    (hypervisor) => hypervisor !== 'libvirt',
  );
  const findings: Finding[] = others.map((hypervisor) => ({
    span: valueSpan(tree, ['guest', 'domain']),
    message: `guest.domain: expected the hypervisor libvirt, which alone reads it; got ${hypervisor}`,
    remedy: 'use fixed.hypervisor: libvirt, or remove guest.domain',
  }));
  for (const [part, levels] of Object.entries({ fixed, factors })) {
    for (const name of decidedByDomain) {
      if (levels[name] === undefined) continue;
      findings.push({
        span: keySpan(tree, [part, name]),
        message: `${part}.${name}: expected none beside guest.domain, which says what the machine is`,
        remedy: `remove ${part}.${name}, or guest.domain`,
      });
    }
  }
  return findings;
}
