import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../base/clock.ts';
import { seededRandom } from '../base/stats/random.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { ServiceProbe } from '../platform/guest/service.ts';
import { labDown, labExists, labUp, readLab } from '../platform/lab/index.ts';
import { markedQemus, Workplace } from './virtgauge.example.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('a lab of namespaces needs root');

const name = 'kills';
const place = new Workplace();
/** Seconds for a run to end after a kill, whatever was killed. */
const patience = 240;
/** Seconds of silence after which a guest that ran on would have been heard. */
const silence = 8;

const scenario = `
name: kills
storages: { shared: {} }
fixed: { cpu: qemu64, memory: 128MiB, dirtyRate: 8MiB }
factors: { method: [pre-copy, post-copy] }
measure: { migration: { window: 500ms, settle: 1s, calibration: false } }
load: { http: false, memory: { workingSet: 32MiB } }
repeat: { trials: 1 }
`;

/** Listens to the guests of a lab from outside of the run: when did one answer last? */
class Listener {
  lastAnswer = -Infinity;
  readonly #probes: ServiceProbe[];
  readonly #timer: NodeJS.Timeout;

  constructor(hosts: readonly string[]) {
    this.#probes = hosts.map(
      (host) =>
        new ServiceProbe({ host, port: 7 }, monotonicClock, ({ at }) => {
          this.lastAnswer = at;
        }),
    );
    this.#timer = setInterval(() => {
      for (const probe of this.#probes) probe.ask();
    }, 50);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const probe of this.#probes) probe.close();
  }
}

describe.skipIf(!isRoot)(`kills at random moments${isRoot ? '' : ' (skipped: needs root)'}`, () => {
  afterEach(async () => {
    if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
  });
  afterAll(() => place.remove());

  const random = seededRandom('victims and moments');
  const kills = Array.from({ length: 20 }, (_, kill) => ({
    kill,
    victim: (['source', 'target', 'controller'] as const)[kill % 3] ?? 'source',
    // A trial takes some eight seconds: boot, control window, migration.
    moment: 2 + random.next() * 14,
  }));

  it.each(kills)('$kill: the $victim after $moment s', async ({ kill, victim, moment }) => {
    const { inventoryPath } = await labUp({
      ...{ name, namespaces: 3, shared: 'directory', stateDirectory: place.state },
      cache: cacheDirectory(process.env),
    });
    const lab = readLab(place.state, name);
    if (lab === undefined) throw new Error('the lab has no record');
    const file = join(place.folder, 'kills.yaml');
    writeFileSync(file, scenario);
    const folder = join(place.folder, `run-${kill}`);
    const running = place.start(
      ...['run', file, '--hosts', inventoryPath, '--output', folder, '--no-report'],
      ...['--seed', String(kill)],
    );
    while (!running.output().includes('preparing: storages')) {
      expect(running.child.exitCode, running.output()).toBeNull();
      await sleep(50);
    }
    // Each of the two trials takes an address of its own.
    const guest = new Listener([64, 65].map((host) => `10.77.${lab.subnet}.${host}`));
    await sleep(moment * 1000);
    const killedAt = monotonicClock.now();
    if (victim === 'controller') running.child.kill('SIGKILL');
    else process.kill(pidOf(lab.hosts[victim === 'source' ? 0 : 1]?.folder ?? ''), 'SIGKILL');
    const late = setTimeout(() => running.child.kill('SIGKILL'), patience * 1000);
    const { code, stdout, stderr } = await running.outcome;
    clearTimeout(late);
    guest.close();

    if (victim === 'controller') {
      expect(code === null || code === 0).toBe(true);
      const clean = await place.run('clean');
      expect(clean, clean.stderr).toMatchObject({ code: 0 });
      expect(markedQemus(place.state)).toEqual([]);
      for (const { folder: host } of lab.hosts) expect(disksIn(host)).toEqual([]);
      expect(disksIn(lab.folder, 'shared')).toEqual([]);
      expect(place.ledgers()).toEqual([]);
      return;
    }
    expect(code, `${stdout}\n${stderr}`).not.toBeNull();
    const all = readTrials(folder);
    const hit = all.find(({ state }) => state !== 'completed');
    if (hit === undefined) {
      // Killed when all was done, or between the last answer and the end.
      expect(code).toBe(0);
      return;
    }
    expect(code).toBe(2);
    expect(hit.state).toBe('failed');
    const said = hit.reason?.message ?? '';
    const livedOn = guest.lastAnswer > killedAt + silence;
    if (/the guest runs on/.test(said)) expect(guest.lastAnswer).toBeGreaterThan(killedAt);
    else expect(said).toMatch(/lost|out of reach|not known|is gone/);
    if (/the guest is lost/.test(said)) expect(livedOn, said).toBe(false);
    expect(markedQemus(place.state)).toEqual([]);
  });
});

/** The first process of a lab's host. */
function pidOf(folder: string): number {
  return Number(readFileSync(join(folder, 'pid'), 'utf8'));
}

/** Work folders of runs on a storage of a lab's host. */
function disksIn(host: string, storage = 'local'): string[] {
  return readdirSync(join(host, storage)).filter((entry) => entry.startsWith('virtgauge-'));
}

// Without it a kill of the wrong process would look like a pass.
it('finds the programs that it needs', () => {
  expect(spawnSync('qemu-system-x86_64', ['--version']).status).toBe(0);
});
