import type { Clock } from '../../base/clock.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { OnConversionEvent } from '../../platform/operations/convert/conversion.ts';
import type { ConvertedMachine } from '../../platform/operations/convert/convert-machine.ts';
import { exitCodes } from '../exit-codes.ts';
import { passText } from './pass-text.ts';
import { whatNext } from './what-next.ts';

export type Say = (text: string) => void;

/** Prints lines with the seconds since now. */
export function sayer(clock: Clock, print: Say): Say {
  const begun = clock.now();
  return (text) => print(`${(clock.now() - begun).toFixed(1).padStart(7)} s  ${text}`);
}

/** Tells each boundary as it is passed, and keeps what may be the only copy of the machine. */
export function tellEvents(say: Say, ledger: Ledger): OnConversionEvent {
  return ({ event, figures }) => {
    if (event === 'progress') return;
    say(event === 'pass' && figures ? passText(figures) : event);
    // From now on the target may be the only one that has the machine: nothing of it may be removed.
    if (event === 'tombstone') for (const entry of ledger.held) ledger.release(entry);
  };
}

/**
 * Tells how a conversion ended, and lets go of what the source runs.
 * @returns the exit code
 * @throws the signal's reason where it was interrupted
 */
export async function tellEnd(
  result: ConvertedMachine,
  {
    source,
    target,
    say,
    print,
    watching,
  }: {
    source: { name: string };
    target: { name: string };
    say: Say;
    print: Say;
    watching: { stop(): Promise<string[]> } | undefined;
  },
  signal: AbortSignal,
): Promise<number> {
  await result.vmm?.shell.close();
  for (const line of (await watching?.stop()) ?? []) print(line);
  if (result.state === 'completed') {
    say(`done: ${source.name} runs on ${target.name}`);
    return exitCodes.good;
  }
  if (result.survivor === 'source-guest' && signal.aborted) {
    print(`ended: ${source.name} runs as a guest on its own hardware`);
    signal.throwIfAborted();
  }
  console.error(`failed: ${result.reason}; who runs it now: ${result.survivor}`);
  console.error(`next: ${whatNext(result, { source: source.name, target: target.name })}`);
  signal.throwIfAborted();
  return exitCodes.someFailed;
}
