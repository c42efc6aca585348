import { homedir } from 'node:os';
import { UserError } from '../../base/errors.ts';
import { cacheDirectory } from '../guest/image/cache.ts';
import { fittedClock } from './host-clock.ts';
import type { Host } from './host.ts';
import type { Inventory } from './inventory/load.ts';
import type { HostEntry } from './inventory/schema.ts';
import { localShell } from './local.ts';
import { patientShell } from './patience.ts';
import type { Shell } from './shell.ts';
import { sshShell, type OnNewKey } from './ssh/index.ts';
import { ownClock } from './this-machine.ts';

export interface ConnectOptions {
  /** What to do about a host's key that is not known; refused by default. */
  onNewKey?: OnNewKey | undefined;
}

/** Seconds for what a host says of itself. */
const patience = 30;

/**
 * Connects to a host of an inventory of which nothing is asked but what programs on it say: it need
 * not tell its time. The shell must be closed at the end.
 * @throws UserError that says why it is out of reach or not to be trusted
 */
export async function connectShell(
  { name, ssh, emulated }: HostEntry,
  signal?: AbortSignal,
  { onNewKey }: ConnectOptions = {},
): Promise<Shell> {
  if (ssh === undefined) return localShell;
  return patientShell(await sshShell(name, ssh, { signal, onNewKey }), { emulated });
}

/**
 * Connects to a host of an inventory, and fits its clock. Its shell must be closed at the end.
 * @throws UserError that says why it is out of reach or not to be trusted
 */
export async function connectHost(
  entry: HostEntry,
  signal?: AbortSignal,
  options: ConnectOptions = {},
): Promise<Host> {
  const { name, ssh, bridge, libvirtUri, hypervisors, emulated, address, storages } = entry;
  const own = {
    ...{ name, entry, address },
    ...(bridge !== undefined && { bridge }),
    ...(libvirtUri !== undefined && { libvirtUri }),
    ...(hypervisors !== undefined && { hypervisors }),
    ...(emulated !== undefined && { emulated }),
  };
  const shell = await connectShell(entry, signal, options);
  if (ssh === undefined) {
    const home = homedir();
    return {
      ...{ ...own, shell, clock: ownClock },
      ...folders(entry, storages, home, cacheDirectory(process.env)),
    };
  }
  try {
    const { home, cache, boot } = await about(shell, signal);
    const sharesKernel = boot === (await about(localShell, signal)).boot;
    const clock = sharesKernel ? ownClock : await fittedClock(shell);
    return { ...own, shell, clock, ...folders(entry, storages, home, cache) };
  } catch (error) {
    await shell.close();
    throw error;
  }
}

/**
 * Connects to all hosts at once.
 * @throws UserError with what is wrong with each; those that were reached are closed again
 */
export async function connectHosts(
  { hosts }: Pick<Inventory, 'hosts'>,
  signal?: AbortSignal,
  options?: ConnectOptions,
): Promise<Host[]> {
  const results = await Promise.allSettled(
    hosts.map((entry) => connectHost(entry, signal, options)),
  );
  const connected = results.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  const failures = results.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as Error] : [],
  );
  if (failures.length === 0) return connected;
  await Promise.all(connected.map(({ shell }) => shell.close()));
  throw new UserError(
    failures.flatMap((failure) => {
      // A fault of ours, or an abort: it is not to be told as a mistake of the user.
      if (!(failure instanceof UserError)) throw failure;
      return failure.problems;
    }),
  );
}

function folders(
  { runtime, cache }: HostEntry,
  storages: HostEntry['storages'],
  home: string,
  usualCache: string,
): Pick<Host, 'runtime' | 'cache' | 'storages'> {
  const expand = (path: string) => path.replace(/^~(?=\/|$)/, () => home);
  return {
    runtime: expand(runtime),
    cache: cache === undefined ? usualCache : expand(cache),
    storages: Object.fromEntries(
      Object.entries(storages).map(([name, storage]) => [
        name,
        { ...storage, path: expand(storage.path) },
      ]),
    ),
  };
}

async function about(shell: Shell, signal: AbortSignal | undefined) {
  const script =
    'printf "%s\\n" "$HOME" "${XDG_CACHE_HOME:-}"; cat /proc/sys/kernel/random/boot_id';
  const { stdout } = await shell.run(['sh', '-c', script], {
    timeout: patience,
    ...(signal && { signal }),
  });
  const [home = '', xdg = '', boot = ''] = stdout.split('\n');
  const parent = xdg.startsWith('/') ? xdg : `${home}/.cache`;
  return { home, cache: `${parent}/virtgauge`, boot };
}
