import type { Qmp, QmpEvent } from '../qmp.ts';

/**
 * The first event from now on that `matches`.
 * @throws Error that begins with `message` after `seconds`
 */
export function untilEvent(
  qmp: Qmp,
  matches: (event: QmpEvent) => boolean,
  seconds: number,
  message: string,
): Promise<QmpEvent> {
  return new Promise((resolve, reject) => {
    const stop = qmp.onEvent((event) => {
      if (!matches(event)) return;
      clearTimeout(timer);
      stop();
      resolve(event);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${message} within ${seconds} s`));
    }, seconds * 1000);
  });
}
