import { plug, type Change, type Plugged } from '../../../platform/operations/plug.ts';
import { NotConverged, type Measurement, type TrialScope } from '../measurement.ts';
import { stepsOf, type Step } from './changes.ts';
import { hotplugMetrics } from './metrics.ts';
import type { HotplugOptions } from './options.ts';

/** Bytes of a disk that is attached. */
const diskSize = 64 * 2 ** 20;

/** Something comes into a running guest, or goes out of it. */
export const hotplug: Measurement = {
  metrics: hotplugMetrics,
  kind: 'measured',
  needsGuests: true,
  dataBytes: () => 0,
  async run(scope) {
    const refusals = await Promise.all(scope.guests.map((_, guest) => inGuest(scope, guest)));
    const [first] = refusals.flat();
    if (first !== undefined) throw new NotConverged(`refused: ${first}`);
  },
};

/** @returns why changes were refused; after the first there are no more */
async function inGuest(scope: TrialScope, index: number): Promise<string[]> {
  const { guest } = scope.guests[index] ?? {};
  if (guest === undefined) return [];
  const { rounds } = scope.scenario.measure.hotplug as HotplugOptions;
  const { spec, host } = guest;
  const { levels } = scope;
  const disks = Array.from({ length: levels.device === 'disk' ? levels.amount : 0 }, (_, disk) =>
    scope.storageFile(host, `plugged-${index}-${disk}.raw`),
  );
  for (const path of disks) await host.shell.run(['truncate', '--size', String(diskSize), path]);
  const steps = stepsOf({ levels, spec, disks });
  const course = new Course(scope, index, steps);
  if (levels.device === 'balloon') {
    // All is in from the start.
    if (levels.direction === 'in') await course.go('out');
    else course.isIn();
  }
  for (let round = 0; round < rounds; round++) {
    if (levels.device !== 'balloon' && levels.direction === 'out') await course.go('in');
    const failed = await course.timed(levels.direction, round);
    if (failed !== undefined) return [failed];
    const back = levels.direction === 'in' ? 'out' : 'in';
    if (round + 1 === rounds || (levels.device !== 'balloon' && back === 'in')) continue;
    const stuck = await course.undo(back);
    if (stuck === undefined) continue;
    scope.warn(`guest ${index}: ${round + 1} of ${rounds} rounds: ${stuck}`);
    break;
  }
  return [];
}

/** A guest into which things come, and out of which they go. */
class Course {
  readonly #scope: TrialScope;
  readonly #guest: number;
  readonly #steps: readonly Step[];
  /** Names of disks that are in. */
  readonly #attached: (string | undefined)[] = [];

  constructor(scope: TrialScope, guest: number, steps: readonly Step[]) {
    this.#scope = scope;
    this.#guest = guest;
    this.#steps = steps;
  }

  isIn(): void {
    this.#attached.push(...this.#steps.map(() => undefined));
  }

  /** All steps, untimed, before what is timed. @throws NotConverged if one is refused */
  async go(direction: 'in' | 'out'): Promise<void> {
    const refused = await this.undo(direction);
    if (refused !== undefined) throw new NotConverged(refused);
  }

  /** All steps, untimed. @returns why one was refused */
  async undo(direction: 'in' | 'out'): Promise<string | undefined> {
    const refused = (await this.#all(direction)).flatMap((plugged) => plugged.refused ?? []);
    if (refused.length === 0) return undefined;
    const what = direction === 'in' ? 'brought in' : 'taken out again';
    return `${this.#scope.levels.device} could not be ${what}: ${refused.join('; ')}`;
  }

  /** All steps, recorded. @returns why one was refused */
  async timed(direction: 'in' | 'out', iteration: number): Promise<string | undefined> {
    const scope = this.#scope;
    const reading = { guest: this.#guest, iteration };
    const all = await this.#all(direction);
    const failed = all.find(({ refused }) => refused !== undefined);
    for (const { requested, returned, seen } of all) {
      scope.event({
        event: 'plug',
        phase: direction,
        guest: this.#guest,
        at: requested,
        figures: {
          ...(returned !== undefined && { return: returned - requested }),
          ...(seen !== undefined && { effect: seen - requested }),
        },
      });
    }
    scope.record('hotplug.refused', failed === undefined ? 0 : 1, reading);
    const uncertainty = all.reduce((sum, plugged) => sum + plugged.uncertainty, 0);
    scope.record('hotplug.resolution', uncertainty, reading);
    if (failed !== undefined) return failed.refused;
    const sum = (part: (plugged: Plugged) => number | undefined) =>
      all.reduce((total, plugged) => total + (part(plugged) ?? NaN) - plugged.requested, 0);
    scope.record(
      'hotplug.return',
      sum(({ returned }) => returned),
      reading,
    );
    // The guest's own stamp may lie a little before ours.
    scope.record(
      'hotplug.effect',
      Math.max(
        0,
        sum(({ seen }) => seen),
      ),
      reading,
    );
    return undefined;
  }

  /** One step after the other, until one is refused. */
  async #all(direction: 'in' | 'out'): Promise<Plugged[]> {
    const { guest } = this.#scope.guests[this.#guest] ?? {};
    if (guest === undefined) return [];
    const { timeout } = this.#scope.scenario.measure.hotplug as HotplugOptions;
    const { signal } = this.#scope;
    const done: Plugged[] = [];
    for (const change of this.#changes(direction)) {
      const plugged = await plug(guest, change, { timeout, signal });
      done.push(plugged);
      if (direction === 'in') this.#attached.push(plugged.name);
      if (plugged.refused !== undefined) break;
    }
    if (direction === 'out') this.#attached.length = 0;
    return done;
  }

  #changes(direction: 'in' | 'out'): Change[] {
    if (direction === 'in') return this.#steps.map((step) => step.in);
    return this.#steps.map((step, index) => step.out(this.#attached[index])).reverse();
  }
}
