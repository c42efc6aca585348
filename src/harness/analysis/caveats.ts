import type { Run } from '../results/schema.ts';
import { hostStandIns, serverCaches, sharedDevices, usedStorages } from './badges.ts';
import type { Effect } from './effects.ts';
import { bareName } from './storage-names.ts';

/** Sentences that bear on the whole answer: emulation, stand-ins, storages on one device. */
export function caveatsOf(run: Run, effects: readonly Effect[]): string[] {
  const { accelerator } = run.environment;
  const emulated =
    accelerator?.emulated === true
      ? [
          `All guests were emulated (${accelerator.name.toUpperCase()}): these figures hold for emulated guests on this machine, not for hardware virtualization.`,
        ]
      : [];
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
  return [...emulated, ...standIns, ...hosts, ...caches, ...noiseFloors];
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
