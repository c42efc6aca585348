import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MigrationEvent, MigrationMethod } from '../../migration.ts';
import type { MigrationLimits } from './limits.ts';
import {
  patientLimits,
  plainMethod,
  QemuPair,
  quickLimits,
  type Fault,
} from './qemu-pair.example.ts';
import { runMigration } from './run.ts';

async function run(
  method: Partial<MigrationMethod> = {},
  {
    fault,
    delay,
    arrange = () => undefined,
    limits = patientLimits,
    signal = new AbortController().signal,
    permit,
  }: {
    fault?: Fault;
    delay?: () => number;
    arrange?: (pair: QemuPair) => void;
    limits?: MigrationLimits;
    signal?: AbortSignal;
    permit?: (pair: QemuPair) => Promise<void>;
  } = {},
) {
  const pair = new QemuPair({ ...plainMethod, ...method }, fault, delay);
  arrange(pair);
  const events: MigrationEvent[] = [];
  const move = { ...(await pair.move(limits)), ...(permit && { permit: () => permit(pair) }) };
  const outcome = await runMigration(move, signal, (event) => events.push(event));
  return { pair, outcome, events: events.map(({ event }) => event) };
}

const methods = [
  { method: 'pre-copy', disk: 'shared' },
  { method: 'post-copy', disk: 'shared' },
  { method: 'pre-copy', disk: 'mirror' },
  { method: 'post-copy', disk: 'mirror' },
] as const;

const asOf102 = (pair: QemuPair) => {
  pair.postCopyDevice = true;
};
const versions = [() => undefined, asOf102];

describe.each(methods)('$method with the disk $disk', (method) => {
  it.each(versions)('switches over: the target runs, the source does not', async (arrange) => {
    const { pair, outcome, events } = await run(method, { arrange });
    expect(outcome).toMatchObject({ state: 'switched' });
    expect([pair.sourceRuns, pair.targetRuns]).toEqual([false, true]);
    expect(pair.breaches).toEqual([]);
    for (const event of ['start', 'round', 'stop', 'resume', 'completed']) {
      expect(events).toContain(event);
    }
    const begun = events.filter((event) => event === 'post-copy');
    expect(begun).toHaveLength(method.method === 'post-copy' ? 1 : 0);
    expect(events.includes('mirror-ready')).toBe(method.disk === 'mirror');
  });
});

describe.each(methods)('a permission that $method with the disk $disk waits for', (method) => {
  it('is asked for once, when neither runs, and the target runs only after it', async () => {
    const seen: unknown[] = [];
    const { pair, outcome } = await run(method, {
      permit: async (asked) => {
        await sleep(5);
        seen.push([asked.sourceRuns, asked.targetRuns]);
      },
    });
    expect(outcome).toMatchObject({ state: 'switched' });
    expect(seen).toEqual([[false, false]]);
    expect(pair.targetRuns).toBe(true);
  });

  it('is refused: the target never runs, and pre-copy goes on at the source', async () => {
    const { pair, outcome } = await run(method, {
      permit: () => Promise.reject(new Error('no tombstone')),
    });
    expect(outcome).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the target may not run: no tombstone') as string,
    });
    expect(pair.targetRuns).toBe(false);
    expect(pair.sourceRuns).toBe(method.method === 'pre-copy');
    expect(pair.breaches).toEqual([]);
  });
});

/** One migration for each side that may die or vanish at each step. */
async function atEveryStep(
  method: Partial<MigrationMethod>,
  delay: () => number,
  arrange: (pair: QemuPair) => void,
) {
  const { pair } = await run(method, { arrange });
  const faults = Array.from({ length: pair.steps + 2 }, (_, step) => step).flatMap((step) =>
    (['source', 'target'] as const).flatMap((side) =>
      (['killed', 'unreachable'] as const).map((how) => ({ side, how, step })),
    ),
  );
  return Promise.all(
    faults.map(async (fault) => ({
      fault,
      ...(await run(method, { fault, delay, arrange, limits: quickLimits })),
    })),
  );
}

it('never lets both run, whichever side dies or vanishes at whatever step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 5 }),
      async (milliseconds) => {
        let turn = 0;
        const delay = () => milliseconds[turn++ % milliseconds.length] ?? 0;
        const all = await Promise.all(
          versions.flatMap((arrange) =>
            methods.map((method) => atEveryStep(method, delay, arrange)),
          ),
        );
        for (const { fault, pair, outcome } of all.flat()) {
          const what = JSON.stringify({ fault, outcome, commands: pair.commands });
          expect(pair.breaches, what).toEqual([]);
          const { sourceRuns, targetRuns, target } = pair;
          if (outcome.state === 'switched') expect(sourceRuns, what).toBe(false);
          if (outcome.state === 'not-converged')
            expect([sourceRuns, targetRuns]).toEqual([true, false]);
          if (outcome.state === 'failed' && target.reachable) expect(targetRuns, what).toBe(false);
        }
      },
    ),
    { numRuns: 3 },
  );
}, 60_000);

describe('goes on at the source', () => {
  it.each([0, 3, 6, 9])('when the target is killed at step %i of pre-copy', async (step) => {
    const fault = { side: 'target', how: 'killed', step } as const;
    const { pair, outcome } = await run({}, { fault });
    expect(outcome).toMatchObject({ state: 'failed' });
    expect(outcome).toHaveProperty('reason', expect.stringContaining('SIGKILL'));
    expect(pair.sourceRuns).toBe(true);
  });

  it('when the target vanishes; what hangs on it is cut out of band', async () => {
    const fault = { side: 'target', how: 'unreachable', step: 25 } as const;
    const { pair, outcome } = await run(
      { disk: 'mirror', timeout: 1 },
      {
        fault,
        limits: quickLimits,
        arrange: (each) => (each.neverConverges = true),
      },
    );
    expect(outcome).toHaveProperty('reason', expect.stringContaining('nothing moved'));
    expect(pair.sourceRuns).toBe(true);
    expect(pair.commands).toContain('source: yank');
    expect(pair.commands.indexOf('source: yank')).toBeLessThan(
      pair.commands.indexOf('source: migrate_cancel') >>> 0,
    );
    expect(pair.left).toEqual([]);
  });

  it.each(['shared', 'mirror'] as const)('when it does not converge (disk: %s)', async (disk) => {
    const arrange = (pair: QemuPair) => (pair.neverConverges = true);
    const { pair, outcome, events } = await run({ disk, timeout: 0.5 }, { arrange });
    expect(outcome).toMatchObject({ state: 'not-converged', report: { rounds: 2 } });
    expect(pair.sourceRuns).toBe(true);
    expect(pair.target.alive).toBe(false);
    expect(pair.left).toEqual([]);
    expect(events).not.toContain('stop');
    expect(events).toContain('progress');
  });

  it('when it is told to give up', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stop')), 50);
    const arrange = (pair: QemuPair) => (pair.neverConverges = true);
    const { pair, outcome } = await run({}, { arrange, signal: stop.signal });
    expect(outcome).toMatchObject({ state: 'failed', reason: 'it was interrupted' });
    expect([pair.sourceRuns, pair.target.alive]).toEqual([true, false]);
  });
});

it('asks again for the times of a migration that QEMU calls complete with a total of 0', async () => {
  const { outcome } = await run({}, { arrange: (pair) => (pair.zeroTotals = 4) });
  expect(outcome).toMatchObject({
    state: 'switched',
    report: { totalTime: 1.5, downtime: 0.04, setupTime: 0.002, rounds: 2 },
  });
});

it('says that the guest is lost when post-copy breaks', async () => {
  const { pair: whole } = await run({ method: 'post-copy' });
  const letGo = whole.commands.indexOf('target: cont');
  expect(letGo).toBeGreaterThan(0);
  const lost = await Promise.all(
    [whole.steps - 9, whole.steps - 8].map((step) =>
      run({ method: 'post-copy' }, { fault: { side: 'source', how: 'killed', step } }),
    ),
  );
  for (const { outcome, pair } of lost) {
    expect(pair.breaches).toEqual([]);
    if (outcome.state === 'failed') expect(outcome.reason).toContain('on the source QEMU');
  }
});

it('never cancels post-copy once it has begun: QEMU would let the source go on', async () => {
  const signal = AbortSignal.timeout(12);
  const { pair, outcome } = await run({ method: 'post-copy' }, { signal });
  expect(pair.breaches).toEqual([]);
  expect(['switched', 'failed']).toContain(outcome.state);
});
