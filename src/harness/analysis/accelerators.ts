import type { Accelerator, Arm, Run } from '../results/schema.ts';
import { isImportedArm } from './imported/systems.ts';

/** What ran the guests of an arm. */
export interface ArmAccelerator extends Accelerator {
  /** qemu, libvirt, xen */
  hypervisor: string;
}

const names: Readonly<Record<string, string>> = {
  kvm: 'KVM',
  tcg: 'TCG',
  'xen-pv': 'Xen PV',
  'xen-pvh': 'Xen PVH',
  'xen-hvm': 'Xen HVM',
};

/** `KVM`, `Xen PVH`. */
export function acceleratorName(name: string): string {
  return names[name] ?? name;
}

/** With what its hosts are inside of: `KVM inside TCG`. */
export function acceleratorText({ name, inside }: Pick<Accelerator, 'name' | 'inside'>): string {
  const within = inside === undefined ? '' : ` inside ${acceleratorName(inside)}`;
  return `${acceleratorName(name)}${within}`;
}

/** What ran the guests of an arm; undefined where the run had none. */
export function acceleratorOf(run: Run, arm: Arm): ArmAccelerator | undefined {
  if (isImportedArm(run, arm)) return undefined;
  const { accelerator: first, accelerators } = run.environment;
  const hypervisor = levelOf(run, arm, 'hypervisor', 'qemu');
  const asked = levelOf(run, arm, 'accelerator', 'auto');
  const own = accelerators?.[`${hypervisor}/${asked}`];
  if (own !== undefined) return { hypervisor, ...own };
  if (first === undefined) return undefined;
  // A run of an older version: one was chosen for all arms that did not name theirs.
  if (asked === 'auto' || asked === first.name) return { hypervisor, ...first };
  return { hypervisor, name: asked, emulated: asked === 'tcg', why: 'asked for' };
}

/** Of all arms, each once, in their order. */
export function usedAccelerators(run: Run): ArmAccelerator[] {
  const used = new Map<string, ArmAccelerator>();
  for (const arm of run.arms.length === 0 ? [{}] : run.arms) {
    const accelerator = acceleratorOf(run, arm);
    if (accelerator === undefined) continue;
    const key = `${accelerator.hypervisor} ${acceleratorText(accelerator)}`;
    if (!used.has(key)) used.set(key, accelerator);
  }
  return [...used.values()];
}

/** The texts of some, each once: `KVM inside TCG, TCG`. */
export function acceleratorList(some: readonly ArmAccelerator[]): string {
  return [...new Set(some.map(acceleratorText))].join(', ');
}

function levelOf({ scenario }: Run, arm: Arm, factor: string, usual: string): string {
  const fixed = scenario['fixed'];
  const held: unknown =
    typeof fixed === 'object' && fixed !== null && factor in fixed
      ? (fixed as Record<string, unknown>)[factor]
      : usual;
  return String(arm[factor] ?? held);
}
