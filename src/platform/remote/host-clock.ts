import { createInterface } from 'node:readline';
import { monotonicClock, type Clock } from '../../base/clock.ts';
import { fitOffset, mapStamp, uncertaintyOf, type Fit, type RoundTrip } from './clock-fit.ts';
import { within } from '../within.ts';
import type { HostClock } from './host.ts';
import type { Argv, PipedProcess, Shell } from './shell.ts';

/** Round trips of a fit: the shortest of them decides. */
const roundTrips = 16;
/** Seconds for all of them: an emulated host that has just started takes some for each program. */
const patience = 30;

/**
 * Answers each line with the time. Bash does it without a new process each time, so faster and with
 * less doubt.
 */
const answerTime: Argv = [
  '/bin/sh',
  '-c',
  `case "$(LC_ALL=C bash --norc -c 'echo $EPOCHREALTIME' 2>/dev/null)" in
[0-9]*.*) LC_ALL=C exec bash --norc -c 'while read -r _; do echo $EPOCHREALTIME; done' ;;
*) while read -r _; do date +%s.%N; done ;;
esac`,
];

/**
 * The clock of a host with another kernel than ours: the offset between its wall clock and our
 * monotonic one, from round trips over one channel, before and after.
 * @throws Error if the host does not tell the time
 */
export async function fittedClock(
  shell: Pick<Shell, 'open' | 'host'>,
  own: Clock = monotonicClock,
  seconds = patience,
): Promise<HostClock> {
  let before: Fit;
  let after = (before = await fit(shell, own, seconds));
  return {
    now: () => own.now(),
    fromWall: (epochSeconds) => mapStamp(before, after, epochSeconds),
    get uncertainty() {
      return uncertaintyOf(before, after);
    },
    async refit() {
      before = after;
      after = await fit(shell, own, seconds);
    },
  };
}

async function fit(shell: Pick<Shell, 'open' | 'host'>, own: Clock, seconds: number): Promise<Fit> {
  const late = `${shell.host} did not tell the time within ${seconds} s`;
  const teller = await within(seconds, late, shell.open(answerTime));
  try {
    // A stream that is destroyed does not end who reads its lines: the limit is not the stream's.
    return await within(seconds, late, askedBy(teller, shell.host, own));
  } finally {
    teller.stdin.end();
    teller.stdout.resume();
    teller.kill('SIGTERM');
  }
}

async function askedBy(
  { stdin, stdout }: Pick<PipedProcess, 'stdin' | 'stdout'>,
  host: string,
  own: Clock,
): Promise<Fit> {
  const lines = createInterface({ input: stdout });
  const answers: AsyncIterator<string, undefined> = lines[Symbol.asyncIterator]();
  const trips: RoundTrip[] = [];
  for (let left = roundTrips; left > 0; left -= 1) {
    const sent = own.now();
    stdin.write('\n');
    const { value } = await answers.next();
    const received = own.now();
    const wall = Number(value);
    if (!(wall > 0)) {
      throw new Error(`${host} does not tell the time: expected seconds, got ${value}`);
    }
    trips.push({ sent, wall, received });
  }
  return fitOffset(trips);
}
