import { expect, it } from 'vitest';
import type { Guest } from '../hypervisor/hypervisor.ts';
import { orFailed } from './or-failed.ts';

const guest = (text: string): Guest =>
  ({ faults: [], console: { text }, gone: new Promise(() => undefined) }) as unknown as Guest;
const waiting = (text: string) =>
  orFailed(
    guest(text),
    { timeout: 0.01, signal: new AbortController().signal },
    () => 'did not answer',
    () => new Promise(() => undefined),
  );

it('a guest that has not done it in time is told with the end of its console', async () => {
  await expect(waiting('one\r\ntwo\r\nthree\r\nfour\r\n')).rejects.toThrow(
    'did not answer within 0.01 s; its console ends: two | three | four',
  );
  await expect(waiting('')).rejects.toThrow('within 0.01 s; its console is empty');
});

it('where its kernel has panicked, with that, not with the trace behind it', async () => {
  const trace = ['Call Trace:', ' <TASK>', ' panic+0x344', ' start_kernel+0x573', ' </TASK>'];
  const text = ['[0.1] Kernel panic - not syncing: no timer', 'CPU: 0', 'Hardware', ...trace];
  await expect(waiting(text.join('\n'))).rejects.toThrow(
    'its console ends: [0.1] Kernel panic - not syncing: no timer | CPU: 0 | Hardware',
  );
});
