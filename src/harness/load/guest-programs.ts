import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestControl, GuestProcess } from '../../platform/guest/control/control.ts';

/** A program that runs in a guest until it is stopped, also when the guest has moved meanwhile. */
export interface GuestProgram {
  /**
   * Ends it and gives what it printed.
   * @param control of the guest where it is now
   * @throws Error if it had ended by itself, with its own words
   */
  stop(control: GuestControl): Promise<string>;
}

/** Seconds for a program to end after its signal. */
const patience = 20;

/**
 * Starts a program in a guest. Its pid and output are kept in the guest, so that whoever speaks to
 * the guest later, on another host, can end it and read them.
 * @param name of its files in /tmp
 */
export async function startInGuest(
  control: GuestControl,
  name: string,
  argv: readonly [string, ...string[]],
): Promise<GuestProgram> {
  const [pid, out, code] = ['pid', 'out', 'code'].map((kind) => `/tmp/${name}.${kind}`) as [
    string,
    string,
    string,
  ];
  const script = '("$@" > "$OUT" 2>&1 & echo $! > "$PID"; wait $!; echo $? > "$CODE")';
  const started: GuestProcess = await control.start([
    ...(['sh', '-c', `OUT=${out} PID=${pid} CODE=${code}; ${script}`, name] as const),
    ...argv,
  ]);
  await untilStarted(control, pid, started, name);
  return {
    async stop(now) {
      const ended = await now.exists(code);
      if (ended) {
        const said = (await now.readFile(out)).toString().trim().split('\n').slice(-3).join(' | ');
        const how = (await now.readFile(code)).toString().trim();
        throw new Error(`${name} in the guest ended by itself with code ${how}: ${said}`);
      }
      await now.run(['sh', '-c', `kill $(cat ${pid})`]);
      const deadline = performance.now() + patience * 1000;
      while (!(await now.exists(code))) {
        if (performance.now() > deadline) {
          throw new Error(`${name} in the guest did not end within ${patience} s`);
        }
        await sleep(10);
      }
      return (await now.readFile(out)).toString();
    },
  };
}

async function untilStarted(
  control: GuestControl,
  pid: string,
  started: GuestProcess,
  name: string,
): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  while (!(await control.exists(pid))) {
    const ended = await started.poll();
    if (ended) throw new Error(`${name} in the guest did not start: ${ended.stderr.trim()}`);
    if (performance.now() > deadline) {
      throw new Error(`${name} in the guest did not start within ${patience} s`);
    }
    await sleep(5);
  }
}
