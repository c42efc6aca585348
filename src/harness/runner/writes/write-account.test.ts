import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../results/schema.ts';
import { loadMeasurements } from '../../measure/index.ts';
import { loadText } from '../../scenario/load-text.example.ts';
import { expandArms } from '../../scenario/matrix.ts';
import { measuredWrites } from './measured-writes.ts';
import { templateWrites, trialWrites } from './planned-writes.ts';
import { WriteAccount } from './write-account.ts';

const mebi = 2 ** 20;

async function planned(text: string) {
  const { scenario } = loadText(`name: x\nstorages: { local: { kind: local } }\n${text}`);
  const measurements = await loadMeasurements(scenario);
  const arms = expandArms(scenario).arms.map(({ levels }) => levels);
  const request = { scenario, measurements, arms, systemSize: () => 64 * mebi };
  const trials = arms.map((levels) => {
    const { made, expected } = trialWrites(request, levels);
    return [made / mebi, expected / mebi];
  });
  return { templates: templateWrites(request) / mebi, trials };
}

function event(name: string, figures: Record<string, number>): Event {
  return { trial: 0, event: name, at: 0, figures };
}

describe('planned writes', () => {
  it('are templates, and the disks of guests: whole copies, or clones that hold little', async () => {
    const { templates, trials } = await planned(
      'factors: { provisioning: [copy, clone], guests: [1, 4] }\nmeasure: { creation: {} }\n',
    );
    expect(templates).toBeGreaterThanOrEqual(64);
    expect(trials).toEqual([
      [64, 0],
      [256, 0],
      [32, 0],
      [128, 0],
    ]);
  });

  it('are what jobs write beforehand and then, until it is seen', async () => {
    const job = (text: string) =>
      planned(
        `fixed: { guests: 2, provisioning: copy }\nmeasure: { guest-io: { jobs: [{ name: a, ${text} }] } }\n`,
      );
    expect((await job('rw: randread, size: 8MiB')).trials).toEqual([[2 * 72, 2 * 8]]);
    expect((await job('rw: randwrite, size: 8MiB')).trials).toEqual([[2 * 72, 2 * 16]]);
    expect((await job('rw: read, touch: first, size: 8MiB')).trials).toEqual([[2 * 72, 0]]);
    // 5 rounds of 2 s with 64 writes a second of 16 KiB.
    const rate = 'rw: randrw, readShare: 50, bs: 16KiB, size: 8MiB, rate: 128, round: 2';
    expect((await job(rate)).trials).toEqual([[2 * 72, 2 * (8 + 10)]]);
  });

  it('are none where nothing is written', async () => {
    expect(await planned('measure: { noop: {} }\n')).toEqual({ templates: 0, trials: [[0, 0]] });
  });
});

describe('measured writes', () => {
  it('are those of fio, of conversions, and of clients by the counter that counts most', () => {
    expect(measuredWrites([])).toEqual({ work: undefined, clients: undefined });
    expect(
      measuredWrites([
        event('guest-bytes', { read: 5, written: 10 }),
        event('guest-bytes', { read: 5, written: 20 }),
        event('storage-counters', { 'llite.write_bytes': 40, 'osc.write_bytes': 42, reads: 99 }),
        event('storage-counters', { 'nfs.cached_read_bytes': 99 }),
      ]),
    ).toEqual({ work: 30, clients: 42 });
    expect(
      measuredWrites([
        event('p2v.pass', { bytes: 100, read: 3 }),
        event('p2v.pass', { bytes: 20 }),
        event('p2v.progress', { diskTransferred: 5 }),
        event('p2v.progress', { diskTransferred: 7, diskRemaining: 500 }),
      ]).work,
    ).toBe(127);
  });
});

describe('an account of writes', () => {
  const plans = [{ made: 10, expected: 5 }];

  it('lets trials begin as long as none would pass the limit', () => {
    const account = new WriteAccount(60, 20, plans);
    expect([account.fits([0, 0]), account.fits([0, 0, 0])]).toEqual([true, false]);
    account.begin(0, 0);
    expect([account.fits([0]), account.fits([0, 0])]).toEqual([true, false]);
    account.end(0, 0, []);
    expect(account.record(false)).toEqual({ limit: 60, templates: 20, trials: 15, ended: false });
  });

  it('expects of the next trial what earlier ones of its arm were seen to write', () => {
    const account = new WriteAccount(60, 0, plans);
    account.begin(0, 0);
    account.end(0, 0, [event('guest-bytes', { written: 25 })]);
    expect([account.record(false).trials, account.fits([0])]).toEqual([35, false]);
  });

  it('says what would be needed, before anything is written', () => {
    const account = new WriteAccount(40 * mebi, 20 * mebi, [{ made: 10 * mebi, expected: 0 }]);
    account.require([0, 0]);
    expect(() => account.require([0, 0, 0])).toThrow(
      '--write-budget: expected at least 50 MiB (20 MiB of templates, 30 MiB of the first 3 trials), got 40 MiB',
    );
  });

  it('goes on from what earlier processes wrote', () => {
    const done = [{ arm: 0, events: [event('guest-bytes', { written: 1 })] }];
    expect(new WriteAccount(60, 20, plans, done).record(true).trials).toBe(11);
    // A failed trial that is done again had written, too.
    expect(new WriteAccount(60, 20, plans, done, 26).record(true).trials).toBe(26);
  });

  it('is never passed, whatever trials write within what is expected of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.record({ written: fc.integer({ min: 0, max: 30 }), ends: fc.boolean() })),
        (limit, trials) => {
          const account = new WriteAccount(limit, 0, [{ made: 10, expected: 30 }]);
          const running: [number, number][] = [];
          trials.forEach(({ written, ends }, trial) => {
            if (account.fits([0])) {
              account.begin(trial, 0);
              running.push([trial, written]);
            }
            const [first] = ends ? running.splice(0, 1) : [];
            if (first) account.end(first[0], 0, [event('guest-bytes', { written: first[1] })]);
          });
          for (const [trial, written] of running) {
            account.end(trial, 0, [event('guest-bytes', { written })]);
          }
          expect(account.record(false).trials).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});
