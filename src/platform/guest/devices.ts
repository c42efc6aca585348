import type { GuestControl } from './control/control.ts';

/** What the guest's own kernel shall have; memory in bytes, as `MemTotal` counts. */
export interface Wanted {
  cpus?: number;
  leastMemory?: number;
  mostMemory?: number;
  disk?: string;
  noDisk?: string;
  /** MAC address. */
  nic?: string;
  noNic?: string;
}

/** What the guest's kernel had when a look ended. */
export interface Look {
  /** When all was as wanted, in seconds on the guest's clock since its kernel started. */
  seen?: number;
  cpus: number;
  /** Bytes. */
  memory: number;
}

const modules = ['virtio_balloon', 'virtio_mem'].map((name) => `/lib/modules/${name}.ko`);

/**
 * Loads what the micro guest has on its disk for devices that come and go; most distributions do so
 * by themselves. Memory that comes is used at once, and can go again.
 * @returns what the guest has now
 * @throws Error if the guest has not our program
 */
export async function makeReadyForHotplug(
  control: Pick<GuestControl, 'run'>,
  signal?: AbortSignal,
): Promise<Look> {
  const load = `for module in ${modules.join(' ')}; do
  [ ! -e "$module" ] || vg-guest load-modules "$module" || :
done
exec vg-guest await-devices --use`;
  const { code, stdout, stderr } = await control.run(inGuest(load), {
    timeout: 30,
    ...(signal && { signal }),
  });
  const look = readLook(stdout);
  if (look !== undefined) return look;
  throw new Error(`the guest does not tell its devices: ${stderr.trim() || `code ${code}`}`);
}

/** A look at the guest's devices that goes on in the guest. */
export interface Looking {
  /** When it has ended: all was as wanted, or its time was over. */
  result(): Promise<Look>;
}

/** Looks every 2 ms in the guest until all is as wanted; a CPU that comes is put to use. */
export async function lookForDevices(
  control: Pick<GuestControl, 'start' | 'run'>,
  wanted: Wanted,
  { timeout, signal }: { timeout: number; signal?: AbortSignal },
): Promise<Looking> {
  const options = ['--use', '--timeout', String(Math.ceil(timeout * 1000)), ...asOptions(wanted)];
  const process = await control.start(inGuest('exec vg-guest await-devices "$@"', ...options));
  // What was started before this has begun when this has ended.
  await control.run(['true'], { timeout: 30 });
  return {
    async result() {
      const { code, stdout, stderr } = await process.wait({
        timeout: timeout + 30,
        ...(signal && { signal }),
      });
      const look = readLook(stdout);
      if (look !== undefined) return look;
      throw new Error(`the look at its devices failed: ${stderr.trim() || `code ${code}`}`);
    },
  };
}

/** On cloud images our program is on the seed. */
function inGuest(script: string, ...args: readonly string[]): [string, ...string[]] {
  return ['sh', '-c', `PATH="$PATH:/run/virtgauge"\n${script}`, 'sh', ...args];
}

function asOptions({ cpus, leastMemory, mostMemory, disk, noDisk, nic, noNic }: Wanted): string[] {
  const options: Record<string, string | number | undefined> = {
    cpus,
    'least-memory': leastMemory === undefined ? undefined : Math.round(leastMemory),
    'most-memory': mostMemory === undefined ? undefined : Math.round(mostMemory),
    disk,
    'no-disk': noDisk,
    nic,
    'no-nic': noNic,
  };
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

/** Reads what `vg-guest await-devices` prints. */
export function readLook(text: string): Look | undefined {
  const match = /^vg-devices (seen|missed) (\d+\.\d+) cpus=(\d+) memory=(\d+)$/m.exec(text);
  if (match === null) return undefined;
  const look = { cpus: Number(match[3]), memory: Number(match[4]) };
  return match[1] === 'seen' ? { ...look, seen: Number(match[2]) } : look;
}
