import { formatBitRate } from '../../base/bit-rate.ts';
import type { Level } from '../results/schema.ts';
import { acceleratorName } from './accelerators.ts';
import { bytesText, quantity } from './quantity.ts';

/** How the levels of a factor are called where their bare value would not do. */
interface FactorText {
  /** In tables and pictures: `dirtying 50 MiB/s`. */
  text: (level: Level) => string;
  /** In a sentence: `while dirtying 50 MiB/s`. */
  phrase: (level: Level) => string;
}

const rate = (level: Level) => (typeof level === 'number' ? `${bytesText(level)}/s` : `${level}`);
const time = (level: Level) => (typeof level === 'number' ? quantity(level, 's') : `${level}`);
const plain = (text: (level: Level) => string): FactorText => ({
  text,
  phrase: (level) => `with ${text(level)}`,
});

/** `as the directory says` for what is left to the storage. */
const own = (level: Level, text: string) =>
  level === 'inherit' ? "the directory's own layout" : text;
const moving = (level: Level) =>
  level === 'balance' ? 'balancing' : level === 'consolidate' ? 'consolidation' : undefined;
const hostCount = (level: Level) => `${level} ${level === 1 ? 'host' : 'hosts'}`;
const targets = (level: Level) => `${level} ${level === 1 ? 'target' : 'targets'}`;

const hypervisors: Readonly<Record<string, string>> = { qemu: 'QEMU', xen: 'Xen' };

const devices: Readonly<Record<string, string>> = {
  ...{ vcpu: 'a vCPU', 'virtio-mem': 'memory (virtio-mem)', dimm: 'memory (DIMM)' },
  ...{ balloon: 'memory (balloon)', disk: 'a disk', nic: 'an interface' },
};

const protections: Readonly<Record<string, string>> = {
  ...{ plain: 'no protection', data: 'sealed data only', channel: 'mutual TLS only' },
  ...{ both: 'sealed data in mutual TLS', signed: 'RSA for each message' },
};

const texts: Readonly<Record<string, FactorText>> = {
  hypervisor: plain((level) => hypervisors[`${level}`] ?? `${level}`),
  accelerator: {
    // Its hypervisor stands beside it.
    text: (level) => acceleratorName(`${level}`).replace(/^Xen /, ''),
    phrase: (level) =>
      level === 'auto' ? 'with accelerator auto' : `under ${acceleratorName(`${level}`)}`,
  },
  image: plain((level) => (level === 'same' ? "the scenario's image" : `${level}`)),
  kernel: plain((level) => (level === 'same' ? "the scenario's kernel" : `${level}`)),
  system: {
    text: String,
    phrase: (level) => (/ here$/.test(`${level}`) ? `${level}` : `of ${level}`),
  },
  memory: {
    text: (level) => `${typeof level === 'number' ? bytesText(level) : `${level}`} memory`,
    phrase: (level) => `at ${typeof level === 'number' ? bytesText(level) : `${level}`} memory`,
  },
  provisioning: plain((level) =>
    level === 'sparse' || level === 'reflink' ? `${level} copy` : `${level}`,
  ),
  start: {
    text: (level) => (level === 'snapshot' ? 'from a snapshot' : 'booted'),
    phrase: (level) => (level === 'snapshot' ? 'started from a snapshot' : 'booted'),
  },
  template: {
    text: (level) => (level === 'same' ? 'template beside the disk' : `template on ${level}`),
    phrase: (level) =>
      level === 'same' ? 'with the template beside the disk' : `with the template on ${level}`,
  },
  templateCache: plain((level) =>
    level === 'any' ? 'template cached or not' : `${level} template`,
  ),
  templateData: plain((level) =>
    level === 0
      ? 'no data in the template'
      : `${typeof level === 'number' ? bytesText(level) : `${level}`} of data in the template`,
  ),
  stripeCount: plain((level) => own(level, `striping over ${targets(level)}`)),
  stripeSize: plain((level) =>
    own(level, typeof level === 'number' ? `stripes of ${bytesText(level)}` : `${level}`),
  ),
  pool: plain((level) => own(level, `pool ${level}`)),
  layout: plain((level) => own(level, `layout ${level}`)),
  hosts: {
    text: (level) => `${level} ${level === 1 ? 'host' : 'hosts'}`,
    phrase: (level) => `on ${level} ${level === 1 ? 'host' : 'hosts'}`,
  },
  method: plain(String),
  disk: plain((level) => (level === 'mirror' ? 'mirrored disk' : `${level} disk`)),
  multifd: plain((level) => (level === 0 ? 'one stream' : `${level} multifd streams`)),
  xbzrle: plain((level) => (level === true ? 'xbzrle' : 'whole pages')),
  autoConverge: plain((level) => (level === true ? 'auto-converge' : 'no auto-converge')),
  downtimeLimit: plain((level) => `downtime limit ${time(level)}`),
  postCopyAfter: plain((level) => `post-copy after ${time(level)}`),
  bandwidth: plain((level) =>
    level === 'unlimited' ? 'unlimited bandwidth' : `${rate(level)} bandwidth`,
  ),
  hotplugScripts: plain((level) =>
    level === 'host' ? "the host's hotplug scripts" : `${level} hotplug scripts`,
  ),
  device: plain((level) => devices[`${level}`] ?? `${level}`),
  direction: {
    text: (level) => (level === 'in' ? 'coming in' : 'going out'),
    phrase: (level) => (level === 'in' ? 'coming in' : 'going out'),
  },
  amount: plain((level) => `amount ${level}`),
  conversion: plain((level) => `${level}`.replace('-', ' ')),
  diskData: plain((level) =>
    level === 0
      ? 'no data'
      : `${typeof level === 'number' ? bytesText(level) : `${level}`} of data`,
  ),
  linkRate: plain((level) => (typeof level === 'number' ? formatBitRate(level) : `${level} link`)),
  suspectAfter: plain((level) => `suspicion after ${time(level)}`),
  fenceAfter: plain((level) => `fencing ${time(level)} later`),
  sharing: {
    text: (level) => (level === 'none' ? 'no sharing' : `${level}`),
    phrase: (level) => (level === 'none' ? 'without sharing' : `with sharing ${level}`),
  },
  agents: plain((level) => `${level} ${level === 1 ? 'agent' : 'agents'}`),
  protection: plain((level) => protections[`${level}`] ?? `${level}`),
  forwarding: plain((level) => (level === 'nat' ? 'NAT' : 'direct routing')),
  rebalancing: {
    text: (level) => moving(level) ?? 'no rebalancing',
    phrase: (level) => (level === 'none' ? 'without rebalancing' : `with ${moving(level)}`),
  },
  workload: {
    text: (level) => `load: ${level}`,
    phrase: (level) => `under load ${level}`,
  },
  nPlusOne: {
    text: (level) => (level === true ? 'N+1' : 'no N+1'),
    phrase: (level) => (level === true ? 'with N+1' : 'without N+1'),
  },
  faults: {
    text: (level) => (level === 0 ? 'no faults' : `${hostCount(level)} lost`),
    phrase: (level) =>
      level === 0
        ? 'without faults'
        : level === 1
          ? 'when one host fails'
          : `when ${hostCount(level)} fail at once`,
  },
  dirtyRate: {
    text: (level) => (level === 0 ? 'idle' : `dirtying ${rate(level)}`),
    phrase: (level) => (level === 0 ? 'while idle' : `while dirtying ${rate(level)}`),
  },
};

/** Undefined for factors whose levels speak for themselves. */
export function factorText(factor: string): FactorText | undefined {
  return Object.hasOwn(texts, factor) ? texts[factor] : undefined;
}
