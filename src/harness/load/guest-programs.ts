import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestControl } from '../../platform/guest/control/control.ts';

/** A program that runs in a guest until it is stopped, also when the guest has moved meanwhile. */
export interface GuestProgram {
  /**
   * Ends it and gives what it printed.
   * @param control of the guest where it is now
   * @throws Error if it had ended by itself, with its own words
   */
  stop(control: GuestControl): Promise<string>;
  /** What it has printed so far. */
  printed(control: GuestControl): Promise<string>;
}

/** Seconds for a program to begin, and to end after its signal. */
const patience = 60;
/** Seldom: each look takes some CPU from a guest that is emulated. */
const lookInterval = 0.05;

/** Where a program's pid, output and exit code are kept in the guest. */
type Files = Readonly<Record<'pid' | 'out' | 'code', string>>;

/**
 * Starts a program in a guest. Its pid and output are kept in the guest, so that whoever speaks to
 * the guest later, on another host, can end it and read them.
 * @param name of its files in /tmp
 * @param begun what it prints when it has begun
 * @throws Error with its own words if it ends before, or does not begin within a minute
 */
export async function startInGuest(
  control: GuestControl,
  name: string,
  argv: readonly [string, ...string[]],
  begun?: RegExp,
): Promise<GuestProgram> {
  const files: Files = {
    pid: `/tmp/${name}.pid`,
    out: `/tmp/${name}.out`,
    code: `/tmp/${name}.code`,
  };
  const script = ': > "$OUT"; "$@" > "$OUT" 2>&1 & echo $! > "$PID"; wait $!; echo $? > "$CODE"';
  await control.start([
    ...(['sh', '-c'] as const),
    `OUT=${files.out} PID=${files.pid} CODE=${files.code}; ${script}`,
    name,
    ...argv,
  ]);
  await until(`${name} in the guest did not begin`, async () => {
    if (!(await control.exists(files.pid))) return false;
    if (await control.exists(files.code)) throw await endedByItself(control, name, files);
    return begun === undefined || begun.test((await control.readFile(files.out)).toString());
  });
  return {
    printed: async (now) => (await now.readFile(files.out)).toString(),
    async stop(now) {
      if (await now.exists(files.code)) throw await endedByItself(now, name, files);
      await now.run(['sh', '-c', `kill $(cat ${files.pid})`]);
      await until(`${name} in the guest did not end`, () => now.exists(files.code));
      return (await now.readFile(files.out)).toString();
    },
  };
}

async function endedByItself(
  control: GuestControl,
  name: string,
  { out, code }: Files,
): Promise<Error> {
  const [said, how] = await Promise.all([control.readFile(out), control.readFile(code)]);
  const words = said.toString().trim().split('\n').slice(-3).join(' | ');
  return new Error(
    `${name} in the guest ended by itself with code ${how.toString().trim()}: ${words}`,
  );
}

async function until(otherwise: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${otherwise} within ${patience} s`);
    await sleep(lookInterval * 1000);
  }
}
