import { expect, it } from 'vitest';
import { monotonicClock as clock } from '../../../../base/clock.ts';
import type { Guest } from '../../../hypervisor/hypervisor.ts';
import { finish, type StoppedMachine } from './finish.ts';

/** Addresses for documentation (RFC 5737): nobody answers there. */
const address = '192.0.2.1';

it('waits for no answer once it is interrupted, and says that the target has the machine', async () => {
  const stop = new AbortController();
  const passed: string[] = [];
  const resume = () => {
    stop.abort();
    return Promise.resolve();
  };
  const guest = { resume } as unknown as Guest;
  const stopped: StoppedMachine = {
    guest,
    bring: () => Promise.resolve(),
    arm: () => Promise.resolve({ pid: 1, bury: () => Promise.resolve(), disarm: () => undefined }),
    startAgain: () => Promise.reject(new Error('the source must not start again')),
  };
  const request = {
    source: { name: 'web1', clock, shell: {} },
    facts: { address: `${address}/24` },
    target: { host: { name: 'node2' } },
  } as unknown as Parameters<typeof finish>[0];
  const prepared = {} as Parameters<typeof finish>[1];
  const result = await finish(request, prepared, stopped, stop.signal, ({ event }) =>
    passed.push(event),
  );
  expect(result).toMatchObject({
    ...{ state: 'failed', survivor: 'target', guest },
    reason: 'it runs on node2; whether it answers was not waited for',
  });
  expect(passed).toEqual(['copied', 'tombstone', 'target-running', 'committed']);
});
