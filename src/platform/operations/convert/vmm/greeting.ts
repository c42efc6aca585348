import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../../base/clock.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';

/** Of an sshd. */
export interface Greeter {
  address: string;
  /** 22 by default. */
  port?: number;
}

/**
 * The sshd of a machine's own system, whatever runs it.
 * @param address that it has; a length of prefix behind it is left out
 * @param entry of the inventory, for the port
 */
export function greeterOf(address: string, entry: Pick<HostEntry, 'ssh'> | undefined): Greeter {
  const [own = ''] = address.split('/');
  const port = entry?.ssh?.port;
  return { address: own, ...(port !== undefined && { port }) };
}

/** Seconds between two tries. */
const interval = 0.1;
/** Seconds for a connection: a segment that is lost while a machine starts is sent again only after one. */
const toConnect = 0.25;
/** Seconds for its first words: an emulated machine takes some to start another sshd. */
const toGreet = 10;

/**
 * Waits for a machine's sshd to greet: its system is up again, whatever runs it.
 * @returns when, in seconds on our clock; undefined where it did not within `seconds`
 */
export async function firstGreeting(
  greeter: Greeter,
  clock: Clock,
  seconds: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const deadline = clock.now() + seconds;
  while (clock.now() < deadline) {
    signal?.throwIfAborted();
    if (await greets(greeter)) return clock.now();
    await sleep(interval * 1000);
  }
  return undefined;
}

/** The same, but an abort is no error: then it has not greeted either. */
export async function untilAnswers(
  ...[greeter, clock, seconds, signal]: Required<Parameters<typeof firstGreeting>>
): Promise<number | undefined> {
  try {
    return await firstGreeting(greeter, clock, seconds, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Waits for a machine that gives way to be silent, so that a greeting is not one of before. */
export async function untilSilent(greeter: Greeter, clock: Clock, seconds: number): Promise<void> {
  const deadline = clock.now() + seconds;
  while (clock.now() < deadline && (await greets(greeter))) await sleep(interval * 1000);
}

function greets({ address: host, port = 22 }: Greeter): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    let timer = setTimeout(() => end(false), toConnect * 1000);
    socket.once('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(false), toGreet * 1000);
    });
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
