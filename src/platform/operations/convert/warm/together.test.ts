import { describe, expect, it } from 'vitest';
import type { CarriedPass } from './decide.ts';
import { together, type Passes } from './together.ts';

const never = new AbortController().signal;

function disk(pass: Partial<CarriedPass>, progress: number[] = []): Passes {
  return {
    pass(_signal, onProgress) {
      for (const read of progress) onProgress?.({ read, sent: read, left: 100 - read });
      const base = { whole: false, lost: false, read: 0, sent: 0, rest: 0, seconds: 0 };
      return Promise.resolve({ ...base, ...pass });
    },
  };
}

describe('several disks', () => {
  it('are carried at the same time, and counted together', async () => {
    const told: number[] = [];
    const both = together([
      disk({ read: 10, sent: 5, rest: 1, seconds: 2 }, [10, 20]),
      disk({ read: 1, sent: 1, rest: 4, seconds: 3, lost: true }, [7]),
    ]);
    const pass = await both.pass(never, ({ read }) => told.push(read));
    expect(pass).toEqual({ whole: false, lost: true, read: 11, sent: 6, rest: 5, seconds: 3 });
    expect(told).toEqual([10, 20, 27]);
  });

  it('are untracked where one is', () => {
    const untracked = { ...disk({}), untracked: 'no blktrace' };
    expect(together([disk({}), untracked]).untracked).toBe('no blktrace');
    expect(together([disk({})])).not.toHaveProperty('untracked');
  });

  it('end together: what failed first is told', async () => {
    const waits: Passes = {
      pass: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('it was ended')));
        }),
    };
    const fails: Passes = { pass: () => Promise.reject(new Error('the disk is full')) };
    await expect(together([waits, fails]).pass(never)).rejects.toThrow('the disk is full');
    const stop = new AbortController();
    const pass = together([waits, waits]).pass(stop.signal);
    stop.abort(new Error('interrupted'));
    await expect(pass).rejects.toThrow('interrupted');
  });
});
