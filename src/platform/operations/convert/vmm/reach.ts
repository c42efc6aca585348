import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../../base/clock.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { patienceWith } from '../../../remote/patience.ts';

/** Seconds between two tries, and for one. */
const interval = 0.1;
const oneTry = 1;

/**
 * Waits for a machine's sshd to greet: its system is up again, whatever runs it.
 * @returns when, in seconds on our clock; undefined where it did not within `seconds`
 */
export async function firstGreeting(
  { address, port = 22 }: { address: string; port?: number },
  clock: Clock,
  seconds: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const deadline = clock.now() + seconds;
  while (clock.now() < deadline) {
    signal?.throwIfAborted();
    if (await greets(address, port)) return clock.now();
    await sleep(interval * 1000);
  }
  return undefined;
}

function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(oneTry * 1000, () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Seconds that a VMM gets to start, from when its machine gave way to it. */
const patience = 60;

/**
 * Logs in on a VMM, as soon as it answers. Its shell must be closed at the end.
 * @throws Error that says why it does not answer
 */
export async function reachVmm(
  entry: HostEntry,
  clock: Clock,
  signal?: AbortSignal,
  seconds = patienceWith([entry], patience),
): Promise<Host> {
  const greeted = await firstGreeting({ address: entry.address }, clock, seconds, signal);
  if (greeted === undefined) {
    throw new Error(
      `${entry.name}: the VMM did not answer at ${entry.address} within ${seconds} s`,
    );
  }
  return connectHost(entry, signal);
}
