import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../base/errors.ts';

/** Resets this machine if nobody keeps it from that. */
export interface Watchdog {
  /** Seconds after the last `keepAlive` within which the machine is reset. */
  readonly timeout: number;
  /** From now on it runs, also when this process ends. */
  arm(): void;
  keepAlive(): void;
  disarm(): void;
}

/**
 * A watchdog of Linux (Documentation/watchdog/watchdog-api.rst): hardware, or `softdog`, which is as good
 * as this kernel. It is not touched before it is armed.
 * @param path such as `/dev/watchdog0`
 * @throws UserError if it is none
 */
export function watchdogAt(path: string, sysfs = '/sys/class/watchdog'): Watchdog {
  const name = basename(path) === 'watchdog' ? 'watchdog0' : basename(path);
  const timeout = timeoutOf(path, join(sysfs, name, 'timeout'));
  let device: number | undefined;
  return {
    timeout,
    arm() {
      device ??= openSync(path, 'w');
      const now = timeoutOf(path, join(sysfs, name, 'timeout'));
      if (now <= timeout) return;
      throw new Error(`${path} resets after ${now} s now, it was after ${timeout} s`);
    },
    keepAlive() {
      if (device !== undefined) writeSync(device, '\0');
    },
    disarm() {
      if (device === undefined) return;
      // The letter by which it knows that it is closed on purpose.
      writeSync(device, 'V');
      closeSync(device);
      device = undefined;
    },
  };
}

function timeoutOf(path: string, file: string): number {
  const fail = (message: string, cause?: unknown) =>
    new UserError(
      {
        where: path,
        message: `expected a watchdog of this host: ${message}`,
        remedy:
          'Without one nothing ends the guests of an agent that was killed: load the driver of the hardware (or softdog), or fence this host in another way.',
      },
      { cause },
    );
  let seconds: number;
  try {
    if (!statSync(path).isCharacterDevice()) throw new Error('it is no device');
    seconds = Number(readFileSync(file, 'utf8'));
  } catch (error) {
    throw fail((error as Error).message, error);
  }
  if (seconds >= 2) return seconds;
  throw fail(`it resets after ${seconds} s, which is too short`);
}
