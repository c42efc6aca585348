import { serveMaster, type ServeMaster } from '../../../manager/master/serve.ts';

/** A master of this process. */
export interface OwnMaster {
  /** Resolves when it has ended; rejects with what ended it. */
  readonly ended: Promise<void>;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

/** Resolves when it answers. */
export async function startOwnMaster(
  options: Omit<ServeMaster, 'onReady' | 'signal'>,
): Promise<OwnMaster> {
  const stop = new AbortController();
  let ended = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    ended = serveMaster({ ...options, signal: stop.signal, onReady: () => resolve() });
    ended.catch(reject);
  });
  return {
    ended,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}
