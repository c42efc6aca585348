import { UserError } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import { bootLines, type Boot } from './boot.ts';
import { diskName, diskText, seedName } from './disk.ts';
import { domainName } from './domain-name.ts';
import { nicText } from './nic.ts';
import { quote, quoteAll } from './quote.ts';
import { scriptsOf } from './scripts.ts';
import { expectXen } from './supported.ts';

const types: Readonly<Record<string, string>> = {
  'xen-pv': 'pv',
  'xen-pvh': 'pvh',
  'xen-hvm': 'hvm',
};

/**
 * The configuration of a guest for `xl create` and `xl restore` (xl.cfg(5), Xen 4.11 and newer).
 * @throws UserError for what Xen cannot do
 */
export function domainConfig(spec: GuestSpec, boot: Boot): string {
  expectXen(spec);
  const { vcpus, memory, maximum, disk, seed, network, mac, accelerator } = spec;
  if (network.kind !== 'bridge') throw new Error('expected a bridge');
  const scripts = scriptsOf(spec);
  const seedDisk = { path: seed ?? '', format: 'raw', cache: 'writeback' } as const;
  const lines = [
    `name = ${quote(domainName(spec))}`,
    `type = ${quote(types[accelerator] ?? '')}`,
    ...bootLines(boot, quote),
    `memory = ${mebibytes(memory)}`,
    ...(maximum === undefined ? [] : [`maxmem = ${mebibytes(maximum.memory)}`]),
    `vcpus = ${vcpus}`,
    ...(maximum === undefined ? [] : [`maxvcpus = ${maximum.vcpus}`]),
    ...pinning(spec),
    // As KVM: the guest reads the processor's own counter, nothing traps.
    'tsc_mode = "native"',
    `disk = ${quoteAll([
      diskText(disk, diskName(0), { script: scripts.disk }),
      ...(seed === undefined
        ? []
        : [diskText(seedDisk, seedName, { readOnly: true, script: scripts.disk })]),
    ])}`,
    `vif = ${quoteAll([nicText({ mac, bridge: network.bridge }, { script: scripts.nic })])}`,
    // A guest that has ended is gone: whoever watches it says why.
    ...['poweroff', 'reboot', 'crash', 'watchdog'].map((what) => `on_${what} = "destroy"`),
    ...(accelerator === 'xen-hvm'
      ? ['serial = "pty"', 'vga = "none"', 'nographic = 1', 'vnc = 0', 'usb = 0']
      : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** xl counts memory in MiB. */
export function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

function pinning({ pin, vcpus, maximum }: GuestSpec): string[] {
  if (pin.length === 0) return [];
  const count = maximum?.vcpus ?? vcpus;
  const cpus = Array.from({ length: count }, (_, vcpu) => String(pin[vcpu % pin.length]));
  return [`cpus = ${quoteAll(cpus)}`];
}

/** @throws UserError if it has none */
export function addressOf({ network }: Pick<GuestSpec, 'network'>): string {
  const address = network.kind === 'bridge' ? network.address?.split('/')[0] : undefined;
  if (address !== undefined) return address;
  throw new UserError({
    message:
      'network: expected an address for a guest of Xen: its agent is reached over the network',
    remedy: 'Add to the inventory: guests: { addresses: 10.77.0.64-10.77.0.191/24 }',
  });
}
