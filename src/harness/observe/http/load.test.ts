import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../base/clock.ts';
import {
  end,
  freeTcpPort,
  startService,
  whyNotCompile,
  type RunningService,
} from '../../../platform/programs/guest-service.example.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { startHttpLoad } from './load.ts';

const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(`HTTP load${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let service: RunningService;
  const environment = { VIRTGAUGE_MARK: 'load-test' };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-load-'));
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    service = await startService();
  });

  afterEach(() => end(service.child));

  it('loses the work of a service that stops, and counts waiting from when a request was due', async () => {
    const targets = [
      { host: '127.0.0.1', port: await freeTcpPort() },
      { host: '127.0.0.1', port: service.httpPort },
    ];
    const started = monotonicClock.now();
    const load = await startHttpLoad({ host: thisMachine(folder), targets, environment });
    await delay(200);
    service.child.kill('SIGSTOP');
    await delay(20);
    const from = monotonicClock.now();
    await delay(200);
    const to = monotonicClock.now();
    service.child.kill('SIGCONT');
    await delay(100);
    const trace = await load.stop();
    const ended = monotonicClock.now();

    expect(trace.warnings).toEqual([]);
    expect([...trace.failures.keys()]).toEqual(['ECONNREFUSED']);
    // Who asked at the start of the stop waited for all of it.
    const early = { from, to: from + 0.1 };
    expect(trace.latencyPercentile(early, 100)).toBeGreaterThan(to - from - 0.011);
    expect(trace.lostWork(early, 0.05)).toBeGreaterThanOrEqual(0.09);
    // All were answered in the end.
    const all = { from: started, to: ended };
    expect(trace.latencyPercentile(all, 100)).toBeLessThan(Infinity);
    expect(trace.lostWork(all, trace.timeout)).toBe(0);
    expect(trace.requests.due.length).toBeGreaterThanOrEqual(40);
    expect(trace.raw.map(({ name }) => name)).toEqual(['http-load.txt']);
  }, 30_000);

  it('says why it does not start', async () => {
    const load = startHttpLoad({
      ...{ host: thisMachine(folder), targets: [{ host: '127.0.0.1', port: 80 }], environment },
      rate: 0,
    });
    await expect(load).rejects.toThrow('--rate: expected 1 to 10000 requests a second');
  }, 30_000);
});
