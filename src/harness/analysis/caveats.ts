import type { Run } from '../results/schema.ts';
import { hostStandIns, sharedDevices, usedStorages } from './badges.ts';
import type { Effect } from './effects.ts';

/** Sentences that bear on the whole answer: emulation, stand-ins, storages on one device. */
export function caveatsOf(run: Run, effects: readonly Effect[]): string[] {
  const { accelerator } = run.environment;
  const emulated =
    accelerator?.emulated === true
      ? [
          `All guests were emulated (${accelerator.name.toUpperCase()}): these figures hold for emulated guests on this machine, not for hardware virtualization.`,
        ]
      : [];
  const standIns = usedStorages(run).flatMap(([name, { standIn }]) =>
    standIn === undefined
      ? []
      : [`${name} is a stand-in (${standIn}), not the system it stands for.`],
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
  return [...emulated, ...standIns, ...hosts, ...noiseFloors];
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
