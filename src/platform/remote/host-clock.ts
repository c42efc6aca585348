import { createInterface } from 'node:readline';
import { monotonicClock, type Clock } from '../../base/clock.ts';
import { fitOffset, mapStamp, uncertaintyOf, type Fit, type RoundTrip } from './clock-fit.ts';
import type { HostClock } from './host.ts';
import type { Argv, Shell } from './shell.ts';

/** Round trips of a fit: the shortest of them decides. */
const roundTrips = 16;
/** Seconds for all of them. */
const patience = 10;

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
export async function fittedClock(shell: Shell, own: Clock = monotonicClock): Promise<HostClock> {
  let before: Fit;
  let after = (before = await fit(shell, own));
  return {
    now: () => own.now(),
    fromWall: (epochSeconds) => mapStamp(before, after, epochSeconds),
    get uncertainty() {
      return uncertaintyOf(before, after);
    },
    async refit() {
      before = after;
      after = await fit(shell, own);
    },
  };
}

async function fit(shell: Shell, own: Clock): Promise<Fit> {
  const teller = await shell.open(answerTime);
  const limit = setTimeout(() => teller.stdout.destroy(), patience * 1000);
  try {
    const lines = createInterface({ input: teller.stdout });
    const answers: AsyncIterator<string, undefined> = lines[Symbol.asyncIterator]();
    const trips: RoundTrip[] = [];
    for (let left = roundTrips; left > 0; left -= 1) {
      const sent = own.now();
      teller.stdin.write('\n');
      const { value } = await answers.next();
      const received = own.now();
      const wall = Number(value);
      if (!(wall > 0)) {
        throw new Error(`${shell.host} does not tell the time: expected seconds, got ${value}`);
      }
      trips.push({ sent, wall, received });
    }
    return fitOffset(trips);
  } finally {
    clearTimeout(limit);
    teller.stdin.end();
    teller.stdout.resume();
    teller.kill('SIGTERM');
  }
}
