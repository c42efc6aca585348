import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  end,
  freeUdpPort,
  startService,
  whyNotCompile,
  type RunningService,
} from '../../../platform/programs/guest-service.example.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { monotonicClock } from '../../../base/clock.ts';
import { watchNetwork } from './watch.ts';

const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(`watching${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let service: RunningService;
  const environment = { VIRTGAUGE_MARK: 'watch-test' };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-watch-'));
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    service = await startService();
  });

  afterEach(() => end(service.child));

  const host = () => thisMachine(folder, 'here');
  const own = () => ({ host: '127.0.0.1', port: service.udpPort });

  it('tells when the service stopped answering, with sockets alone', async () => {
    const dead = { host: '127.0.0.1', port: await freeUdpPort() };
    const started = monotonicClock.now();
    const watching = await watchNetwork({
      ...{ host: host(), targets: [dead, own()], environment, capture: false },
    });
    await delay(200);
    service.child.kill('SIGSTOP');
    await delay(20);
    const from = monotonicClock.now();
    await delay(150);
    const to = monotonicClock.now();
    service.child.kill('SIGCONT');
    await delay(200);
    const trace = await watching.stop();

    expect(trace.stamps).toBe('socket');
    expect(trace.resolution).toBe(0.001);
    const all = { from: started, to: monotonicClock.now() };
    expect(trace.longest(all)).toBeGreaterThanOrEqual(to - from);
    // One of the stretches without an answer covers all of what we know it did not answer in.
    const covering = trace.gaps(all, 0.1).filter((gap) => gap.from <= from && gap.to >= to);
    expect(covering).toHaveLength(1);
    expect(trace.gaps({ from: from + 0.05, to: to - 0.05 }, 0)).toEqual([
      { from: from + 0.05, to: to - 0.05 },
    ]);
    expect(new Set(trace.answers.target)).toEqual(new Set([1]));
    expect(new Set(trace.answers.instance).size).toBe(1);
    expect(trace.raw.map(({ name }) => name)).toEqual(['network-probe.txt']);
  }, 30_000);

  it('gives the figures of every request and answer on our clock', async () => {
    const before = monotonicClock.now();
    const guestBefore = Number(process.hrtime.bigint()) / 1e9;
    const watching = await watchNetwork({
      ...{ host: host(), targets: [own()], rate: 200, environment, capture: false },
    });
    await delay(300);
    const { requests, answers, watched, warnings } = await watching.stop();
    const after = monotonicClock.now();
    const guestAfter = Number(process.hrtime.bigint()) / 1e9;

    expect(warnings).toEqual([]);
    expect(requests.due.length).toBeGreaterThan(10);
    expect(answers.at.length).toBe(requests.due.length);
    expect(watched.from).toBe(requests.due[0]);
    const slack = 0.0005;
    for (const [i, sequence] of answers.sequence.entries()) {
      const times = [before, answers.due[i], answers.sentAt[i], answers.at[i], after].map(Number);
      for (const [j, time] of times.slice(1).entries()) {
        expect(time).toBeGreaterThan((times[j] ?? NaN) - slack);
      }
      expect(requests.answeredAt[sequence]).toBe(answers.at[i]);
      expect(requests.sentAt[sequence]).toBe(answers.sentAt[i]);
      expect(answers.guestTime[i]).toBeGreaterThan(guestBefore);
      expect(answers.guestTime[i]).toBeLessThan(guestAfter);
    }
  }, 30_000);

  it('says so when the probe could not end', async () => {
    const shell = { ...localShell };
    let pid = 0;
    shell.open = async (...args) => {
      const process = await localShell.open(...args);
      pid = process.pid;
      return process;
    };
    const watching = await watchNetwork({
      ...{ host: { ...host(), shell }, targets: [own()], environment, capture: false },
    });
    await delay(200);
    process.kill(pid, 'SIGKILL');
    const trace = await watching.stop();
    expect(trace.answers.at.length).toBeGreaterThan(0);
    expect(trace.warnings).toEqual(['network probe: it ended early, its last records are missing']);
  }, 30_000);

  it('says why a probe does not start', async () => {
    const targets = [{ host: 'fe80::1%none0', port: 7 }];
    await expect(
      watchNetwork({ host: host(), targets, environment, capture: false }),
    ).rejects.toThrow('--target: expected ADDRESS:PORT');
    await expect(
      watchNetwork({ host: host(), targets: [{ host: 'guest', port: 7 }], environment }),
    ).rejects.toThrow('expected the address of a service, got guest');
  }, 30_000);
});
