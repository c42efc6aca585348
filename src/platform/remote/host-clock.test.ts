import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { fittedClock } from './host-clock.ts';
import { localShell } from './local.ts';
import type { PipedProcess } from './shell.ts';

const own = monotonicClock;

function shellWith(open: () => Promise<PipedProcess>) {
  return { host: 'node1', open };
}

it('is fitted to a host that tells the time', async () => {
  const clock = await fittedClock(localShell);
  const now = Date.now() / 1000;
  expect(Math.abs(clock.fromWall(now) - own.now())).toBeLessThan(60);
  expect(clock.uncertainty).toBeGreaterThan(0);
});

it('is given up where the program starts and says nothing', async () => {
  const ended: string[] = [];
  const silent: PipedProcess = {
    ...{ pid: 1, stdin: new PassThrough(), stdout: new PassThrough() },
    exited: new Promise(() => undefined),
    kill: (signal) => void ended.push(signal),
  };
  const fitted = fittedClock(
    shellWith(() => Promise.resolve(silent)),
    own,
    0.2,
  );
  await expect(fitted).rejects.toThrow('node1 did not tell the time within 0.2 s');
  expect(ended).toEqual(['SIGTERM']);
});

it('is given up where no program starts', async () => {
  const fitted = fittedClock(
    shellWith(() => new Promise(() => undefined)),
    own,
    0.2,
  );
  await expect(fitted).rejects.toThrow('node1 did not tell the time');
});
