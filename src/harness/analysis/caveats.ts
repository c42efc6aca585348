import type { Run } from '../results/schema.ts';
import { acceleratorList, usedAccelerators } from './accelerators.ts';
import { hostStandIns, serverCaches, sharedDevices, usedStorages } from './badges.ts';
import type { Effect } from './effects.ts';
import { importedCaveats } from './imported/texts.ts';
import { bareName } from './storage-names.ts';

/** Sentences that bear on the whole answer: emulation, stand-ins, storages on one device. */
export function caveatsOf(run: Run, effects: readonly Effect[]): string[] {
  const standIns = usedStorages(run).flatMap(([name, { standIn, label }]) =>
    standIn === undefined
      ? []
      : [`${bareName(name, label)} is a stand-in (${standIn}), not the system it stands for.`],
  );
  const hosts = hostStandIns(run).map(({ hosts: names, standIn }) =>
    names.startsWith('hosts ')
      ? `H${names.slice(1)} are stand-ins (${standIn}), not machines of their own.`
      : `H${names.slice(1)} is a stand-in (${standIn}), not a machine of its own.`,
  );
  const noiseFloors = effects.some(({ noiseFloor }) => noiseFloor)
    ? sharedDevices(run).map(
        (names) =>
          `${list(names)} lie on one device: comparing them shows the noise floor of this set-up, not a difference between storages.`,
      )
    : [];
  const caches = serverCaches(run).map(({ cache, names }) =>
    cache === 'server-warm'
      ? `Server-warm: the servers of ${list(names)} may have answered reads from their own memory, which no client can empty. Only a working set of more than twice their memory (memory of the servers in the inventory) would keep them out.`
      : `Server-cold: the working set on ${list(names)} exceeds twice the memory of the servers, so their caches hold little of it.`,
  );
  return [
    ...emulation(run),
    ...standIns,
    ...hosts,
    ...caches,
    ...noiseFloors,
    ...importedCaveats(run),
  ];
}

function emulation(run: Run): string[] {
  const used = usedAccelerators(run);
  const emulated = used.filter((one) => one.emulated);
  if (emulated.length === 0) return [];
  const names = acceleratorList(emulated);
  const between =
    new Set(used.map(({ hypervisor }) => hypervisor)).size > 1
      ? ' They stand side by side without ratios, and none of the hypervisors is better for them.'
      : '';
  if (emulated.length < used.length) {
    return [
      `Guests under ${names} were emulated: their figures are not compared with those of hardware virtualization.${between}`,
    ];
  }
  const where = emulated.some(({ inside }) => inside !== undefined)
    ? 'these hosts'
    : 'this machine';
  return [
    `All guests were emulated (${names}): these figures hold for emulated guests on ${where}, not for hardware virtualization.${between}`,
  ];
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
