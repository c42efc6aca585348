import { QmpError } from '../qmp.ts';
import type { StateHolder } from './holder.ts';

/** How saving or loading ended; `gone` says why the process is not there any more. */
export type Outcome = { ended: 'completed' | 'failed' } | { gone: string };

/**
 * Begins to save or to load, and waits for its end.
 * @param exitPatience seconds in which a QEMU that has failed may still exit, which says more
 * @throws the reason of the signal, or what `begin` throws
 */
export async function outcomeOf(
  { gone, qmp }: Pick<StateHolder, 'gone' | 'qmp'>,
  signal: AbortSignal,
  begin: () => Promise<unknown>,
  exitPatience: number,
): Promise<Outcome> {
  const stops: (() => void)[] = [];
  const soon = (act: () => void) => {
    const timer = setTimeout(act, exitPatience * 1000);
    stops.push(() => clearTimeout(timer));
  };
  try {
    signal.throwIfAborted();
    return await new Promise<Outcome>((resolve, reject) => {
      stops.push(
        qmp.onEvent(({ event, data: { status } }) => {
          if (event !== 'MIGRATION') return;
          if (status === 'completed') resolve({ ended: 'completed' });
          if (status === 'failed') soon(() => resolve({ ended: 'failed' }));
        }),
      );
      const abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      stops.push(() => signal.removeEventListener('abort', abort));
      void gone.then((why) => resolve({ gone: why }));
      begin().catch((error: unknown) => {
        const reason = error instanceof Error ? error : new Error(String(error));
        if (reason instanceof QmpError) reject(reason);
        // A monitor that broke off says less than why its process ended.
        else soon(() => reject(reason));
      });
    });
  } finally {
    for (const stop of stops) stop();
  }
}
