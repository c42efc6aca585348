import { UserError } from '../../../base/errors.ts';
import { onAbort } from '../../remote/on-abort.ts';
import { consoleEnd } from '../../remote/console-log.ts';
import { machineFiles } from './plan.ts';
import type { Machine } from './process.ts';

/**
 * Waits for something that a machine does, no longer than it lives.
 * @param expected it, in words: `expected it to boot`
 * @param seconds that it gets
 * @param begin begins to listen; what it returns ends that
 * @throws UserError with the end of the machine's console; the signal's reason
 */
export async function awaitMachine(
  { host, gone }: Pick<Machine, 'host' | 'gone'>,
  expected: string,
  { seconds, signal }: { seconds: number; signal?: AbortSignal | undefined },
  begin: (resolve: () => void, reject: (error: Error) => void) => () => void,
): Promise<void> {
  const stops: (() => void)[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (how: string) =>
        reject(new UserError({ where: `machine ${host.name}`, message: `${expected}${how}` }));
      const late = setTimeout(() => {
        const end = consoleEnd(machineFiles(host).console) || 'nothing';
        fail(` within ${seconds} s; the end of its console:\n${end}`);
      }, seconds * 1000);
      stops.push(() => clearTimeout(late), onAbort(signal, reject));
      void gone.then((reason) => fail(`; ${reason}`));
      stops.push(begin(resolve, reject));
    });
  } finally {
    for (const stop of stops) stop();
  }
}
