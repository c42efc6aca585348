import type { Carrier } from './carrier.ts';
import type { CarriedPass } from './decide.ts';

/** What passes over the disks of a machine need. */
export type Passes = Pick<Carrier, 'pass' | 'untracked'>;

type Progress = Parameters<NonNullable<Parameters<Carrier['pass']>[1]>>[0];

/** The carriers of several disks as one: a pass is a pass of each, at the same time. */
export function together(carriers: readonly Passes[]): Passes {
  const untracked = carriers.find((each) => each.untracked !== undefined)?.untracked;
  return {
    ...(untracked !== undefined && { untracked }),
    async pass(signal, onProgress) {
      const stop = new AbortController();
      const last: Progress[] = carriers.map(() => ({ read: 0, sent: 0, left: 0 }));
      const passes = carriers.map(async (carrier, index) => {
        try {
          return await carrier.pass(AbortSignal.any([signal, stop.signal]), (progress) => {
            last[index] = progress;
            const [read, sent, left] = [sum(last, 'read'), sum(last, 'sent'), sum(last, 'left')];
            onProgress?.({ read, sent, left });
          });
        } catch (error) {
          // Of those that end the first one says why.
          stop.abort(error);
          throw error;
        }
      });
      await Promise.allSettled(passes);
      signal.throwIfAborted();
      stop.signal.throwIfAborted();
      return added(await Promise.all(passes));
    },
  };
}

function added(passes: readonly CarriedPass[]): CarriedPass {
  return {
    whole: passes.some(({ whole }) => whole),
    lost: passes.some(({ lost }) => lost),
    ...{ read: sum(passes, 'read'), sent: sum(passes, 'sent'), rest: sum(passes, 'rest') },
    seconds: Math.max(...passes.map(({ seconds }) => seconds)),
  };
}

function sum<Key extends string>(all: readonly Record<Key, number>[], key: Key): number {
  return all.reduce((result, each) => result + each[key], 0);
}
