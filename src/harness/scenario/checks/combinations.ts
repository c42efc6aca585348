import type { Finding } from '../../../base/yaml/finding.ts';
import type { FactorName, Levels } from '../levels.ts';
import type { ExpandedArm, Matrix } from '../matrix.ts';
import { memoryBlock } from '../../measure/hotplug/changes.ts';
import { show } from '../../../base/yaml/printable.ts';
import { at, keySpan, type Span, type Tree } from '../../../base/yaml/tree.ts';

interface Impossible {
  factors: readonly [FactorName, FactorName];
  applies: (levels: Levels) => boolean;
  why: string;
  remedy: string;
}

const hugePage = 2 * 2 ** 20;

/** Factors that Xen has not, with the level that says nothing about them. */
const notOfXen = {
  machine: 'pc',
  cpu: 'max',
  aio: 'threads',
  hugepages: false,
  iothread: false,
  queues: 1,
  method: 'pre-copy',
  disk: 'shared',
  multifd: 0,
  xbzrle: false,
  autoConverge: false,
  bandwidth: 'unlimited',
  transport: 'direct',
} as const satisfies Partial<Levels>;

const ofXen = (accelerator: Levels['accelerator']) => accelerator.startsWith('xen-');

const impossible: readonly Impossible[] = [
  {
    factors: ['provisioning', 'format'],
    applies: ({ provisioning, format }) => provisioning === 'clone' && format === 'raw',
    why: 'a raw image has no backing file',
    remedy: 'use format qcow2, or provisioning copy or reflink',
  },
  {
    factors: ['template', 'provisioning'],
    applies: ({ template, storage, provisioning }) =>
      provisioning === 'reflink' && template !== 'same' && template !== storage,
    why: 'extents are shared only within one file system',
    remedy: 'use template same, or provisioning copy, sparse or clone',
  },
  {
    factors: ['aio', 'cache'],
    applies: ({ aio, cache }) => aio === 'native' && cache !== 'none' && cache !== 'directsync',
    why: 'QEMU does native aio only past the page cache',
    remedy: 'use cache none or directsync, or aio threads or io_uring',
  },
  {
    factors: ['hugepages', 'memory'],
    applies: ({ hugepages, memory }) => hugepages && memory % hugePage !== 0,
    why: 'memory is no multiple of a huge page (2 MiB)',
    remedy: 'use a memory that is, such as 256MiB',
  },
  {
    factors: ['layout', 'stripeCount'],
    applies: ({ layout, stripeCount }) => layout !== 'inherit' && stripeCount !== 'inherit',
    why: 'a layout says that itself, for each component',
    remedy: 'write -c in the layout, or use layout inherit',
  },
  {
    factors: ['layout', 'stripeSize'],
    applies: ({ layout, stripeSize }) => layout !== 'inherit' && stripeSize !== 'inherit',
    why: 'a layout says that itself, for each component',
    remedy: 'write -S in the layout, or use layout inherit',
  },
  {
    factors: ['layout', 'pool'],
    applies: ({ layout, pool }) => layout !== 'inherit' && pool !== 'inherit',
    why: 'a layout says that itself, for each component',
    remedy: 'write -p in the layout, or use layout inherit',
  },
  {
    factors: ['machine', 'vcpus'],
    applies: ({ machine, vcpus }) => machine === 'pc' && vcpus > 255,
    why: 'machine pc has at most 255 vCPUs',
    remedy: 'use machine q35, or fewer vcpus',
  },
  {
    factors: ['hosts', 'guests'],
    applies: ({ hosts, guests }) => hosts > guests,
    why: 'a host would be without a guest',
    remedy: 'use as many guests, or fewer hosts',
  },
  {
    factors: ['hypervisor', 'transport'],
    applies: ({ hypervisor, transport }) => hypervisor === 'qemu' && transport !== 'direct',
    why: 'only libvirt moves the migration stream in other ways',
    remedy: 'use transport direct, or hypervisor libvirt',
  },
  {
    factors: ['transport', 'multifd'],
    applies: ({ transport, multifd }) => transport === 'tunnelled' && multifd > 0,
    why: "libvirt's tunnel carries one stream",
    remedy: 'use multifd 0, or another transport',
  },
  {
    factors: ['transport', 'disk'],
    applies: ({ transport, disk }) => transport === 'tunnelled' && disk === 'mirror',
    why: "libvirt's tunnel does not carry a mirrored disk",
    remedy: 'use disk shared, or another transport',
  },
  {
    factors: ['transport', 'method'],
    applies: ({ transport, method }) => transport === 'tunnelled' && method === 'post-copy',
    why: "post-copy needs a way back, which libvirt's tunnel has not",
    remedy: 'use method pre-copy, or another transport',
  },
  {
    factors: ['start', 'hypervisor'],
    applies: ({ start, hypervisor }) => start === 'snapshot' && hypervisor === 'libvirt',
    why: 'libvirt restores a saved state only under the name, UUID and MAC of the saved guest',
    remedy: 'use start boot, or hypervisor qemu',
  },
  {
    factors: ['hypervisor', 'accelerator'],
    applies: ({ hypervisor, accelerator }) => hypervisor !== 'xen' && ofXen(accelerator),
    why: 'that is a way in which Xen runs guests',
    remedy: 'use hypervisor xen, or accelerator auto',
  },
  {
    factors: ['hypervisor', 'accelerator'],
    applies: ({ hypervisor, accelerator }) =>
      hypervisor === 'xen' && accelerator !== 'auto' && !ofXen(accelerator),
    why: 'Xen runs guests by itself',
    remedy: 'use accelerator auto, xen-pvh, xen-pv or xen-hvm',
  },
  {
    factors: ['hypervisor', 'device'],
    applies: ({ hypervisor, device }) =>
      hypervisor === 'xen' && (device === 'virtio-mem' || device === 'dimm'),
    why: "memory of Xen's guests comes and goes by balloon",
    remedy: 'use device balloon there, or hypervisor qemu or libvirt',
  },
  {
    factors: ['memory', 'amount'],
    applies: ({ memory, amount, device }) =>
      device === 'balloon' && memory - amount * memoryBlock < memoryBlock,
    why: 'the balloon would leave the guest less than 128MiB',
    remedy: 'use more memory, or a smaller amount',
  },
  {
    factors: ['hypervisor', 'hotplugScripts'],
    applies: ({ hypervisor, hotplugScripts }) => hypervisor !== 'xen' && hotplugScripts !== 'host',
    why: 'only Xen sets up devices by hotplug scripts',
    remedy: 'use hotplugScripts host there, or hypervisor xen',
  },
  {
    factors: ['suspectAfter', 'fenceAfter'],
    applies: ({ suspectAfter, fenceAfter }) => suspectAfter + fenceAfter < 6,
    why: 'an agent that is cut off may start guests for 5 s, so its host is fenced after 6 s at the soonest',
    remedy: 'raise one of them',
  },
  {
    factors: ['hotplugScripts', 'cache'],
    applies: ({ hotplugScripts, cache }) => hotplugScripts === 'light' && cache !== 'none',
    why: 'the light scripts open disks past the page cache',
    remedy: 'use cache none, or hotplugScripts host',
  },
  {
    factors: ['hypervisor', 'emulator'],
    applies: ({ hypervisor, emulator }) =>
      hypervisor !== 'qemu' && emulator !== 'qemu-system-x86_64',
    why: 'only hypervisor qemu starts a program of QEMU that is named here',
    remedy: 'use hypervisor qemu, or no emulator',
  },
  {
    factors: ['image', 'kernel'],
    applies: ({ image, kernel }) => image !== 'same' && image !== 'micro' && kernel !== 'same',
    why: 'a cloud image boots its own kernel',
    remedy: 'use kernel same there, or image micro',
  },
  {
    factors: ['image', 'start'],
    applies: ({ image, start }) => image !== 'same' && image !== 'micro' && start === 'snapshot',
    why: 'a cloud image cannot be given an identity of its own after it is restored',
    remedy: 'use start boot there, or image micro',
  },
  ...Object.entries(notOfXen).map(([name, level]): Impossible => {
    const factor = name as keyof typeof notOfXen;
    return {
      factors: ['hypervisor', factor],
      applies: (levels) => levels.hypervisor === 'xen' && levels[factor] !== level,
      why: `Xen does not know ${name}`,
      remedy: `use ${name} ${String(level)} there, or hypervisor qemu`,
    };
  }),
];

/** No arm asks for what cannot be; each pair of levels that clash is told once. */
export function checkCombinations({ factors, arms }: Matrix, tree: Tree): Finding[] {
  return impossible.flatMap((rule) => {
    const clashes = new Map<string, [ExpandedArm, ...ExpandedArm[]]>();
    for (const arm of arms) {
      if (!rule.applies(arm.levels)) continue;
      const key = pair(rule, arm.levels);
      const found = clashes.get(key);
      if (found) found.push(arm);
      else clashes.set(key, [arm]);
    }
    return [...clashes].map(([levels, clashing]) => {
      const [first] = clashing;
      const leavesSome = clashing.length < arms.length;
      const crossed = rule.factors.filter((factor) => (factors[factor]?.length ?? 0) > 1);
      const entry = crossed
        .map((factor) => `${factor}: ${String(first.levels[factor])}`)
        .join(', ');
      const leaveOut = `exclude: [{ ${entry} }]`;
      return {
        span: culprit(rule, first, factors, tree),
        message: `${levels} cannot be: ${rule.why} (${armsInWords(clashing)})`,
        remedy: leavesSome ? `leave the arms out by ${leaveOut}, or ${rule.remedy}` : rule.remedy,
      };
    });
  });
}

function pair({ factors }: Impossible, levels: Levels): string {
  return factors.map((factor) => `${factor} ${String(levels[factor])}`).join(' with ');
}

function armsInWords(clashing: readonly [ExpandedArm, ...ExpandedArm[]]): string {
  const levels = Object.entries(clashing[0].arm).map(([name, level]) => `${name}=${String(level)}`);
  if (levels.length === 0) return 'the only arm';
  const name = show(levels.join(' ')).slice(1, -1);
  return clashing.length === 1 ? `arm ${name}` : `${clashing.length} arms, the first ${name}`;
}

/** Where a level of the pair was written; the later factor, if both were. */
function culprit(
  { factors: involved }: Impossible,
  { levels }: ExpandedArm,
  crossed: Matrix['factors'],
  tree: Tree,
): Span {
  const written = involved.flatMap((factor) => {
    const index = crossed[factor]?.indexOf(levels[factor]);
    return at(tree, index === undefined ? ['fixed', factor] : ['factors', factor, index]) ?? [];
  });
  return written.at(-1)?.span ?? keySpan(tree, []);
}
