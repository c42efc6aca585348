import { monotonicClock } from '../../base/clock.ts';
import {
  calibrate,
  calibrationTime,
  type Calibrated,
} from '../../harness/observe/calibration/calibrate.ts';
import { linkCutter } from '../../harness/observe/calibration/cut-link.ts';
import type { PauseKind, PlannedPause } from '../../harness/observe/calibration/plan.ts';
import { witnessSize } from '../../harness/observe/witness.ts';
import { openHosts, type RunHosts } from '../../harness/runner/hosts/run-hosts.ts';
import { prepareTestbed, type Testbed } from '../../harness/runner/testbed.ts';
import { expandArms } from '../../harness/scenario/matrix.ts';
import { scenarioSchema } from '../../harness/scenario/schema.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { Inventory } from '../../platform/remote/inventory/load.ts';
import { withLedger } from '../with-ledger.ts';

/** Writes of the witness a second. */
const writeRate = 200;
/** Seconds for what lies around the pauses. */
const around = 20;

export interface CalibrationRun {
  hypervisor: 'qemu' | 'libvirt';
  /** Probes of the network a second. */
  rate: number;
  inventory: Inventory | undefined;
  /** What to do, by the kinds of pauses that can be made. */
  plan: (kinds: readonly PauseKind[]) => PlannedPause[];
  /** The longest that may come of that. */
  longest: readonly PlannedPause[];
  signal: AbortSignal;
  onStep: (step: string) => void;
  onPlan: (pauses: readonly PlannedPause[]) => void;
}

export interface CalibrationFound extends Calibrated {
  environment: Testbed['environment'];
  /** Names of hosts. */
  on: string;
  watchedFrom: string;
  /** Why no link was cut; absent where some were. */
  notCut?: string;
  /** What the hosts really are, where they stand in for machines. */
  standIn?: string;
}

/**
 * Makes one guest, sends it through known pauses, ends it; what it makes is in the ledger first and
 * gone afterwards.
 * @throws UserError if the hosts cannot bear it; the reason of `signal` when that is aborted
 */
export async function runCalibration(request: CalibrationRun): Promise<CalibrationFound> {
  const { inventory, signal } = request;
  const cache = cacheDirectory(process.env);
  const needed = Math.min(2, inventory?.hosts.length ?? 1);
  const hosts = await openHosts({ inventory, needed, parallel: 1, cache, signal });
  try {
    return await withLedger('calibrate', (ledger) => calibrateOn(hosts, request, cache, ledger));
  } finally {
    await hosts.close();
  }
}

async function calibrateOn(
  hosts: RunHosts,
  request: CalibrationRun,
  cache: string,
  ledger: Ledger,
): Promise<CalibrationFound> {
  const { longest, signal, onStep } = request;
  const scenario = scenarioFor(request);
  const arms = expandArms(scenario).arms.map(({ levels }) => levels);
  const witness = witnessSize(writeRate, calibrationTime(longest) + around);
  const testbed = await prepareTestbed({
    ...{ ledger, cache, scenario, arms, hosts, signal, onStep },
    ...{ needed: 1, wholeGroup: true, dataBytes: witness.bytes },
  });
  const [group] = hosts.groups;
  const [levels] = arms;
  if (group === undefined || levels === undefined) throw new Error('nowhere to calibrate');
  onStep('guest');
  const bed = testbed.trial(0, group, levels);
  try {
    await bed.createGuests(signal, () => undefined);
    const [created] = bed.guests;
    const [source, watcher = bed.controller] = group.hosts;
    if (created === undefined || source === undefined) throw new Error('no guest');
    const { environment } = bed;
    const cutter = await linkCutter(created.guest, environment);
    const pauses = request.plan('why' in cutter ? ['stop'] : ['stop', 'cut']);
    request.onPlan(pauses);
    const found = await calibrate({
      ...{ created, watcher, pauses, environment, signal, rate: request.rate },
      ...('why' in cutter ? {} : { cutter }),
      witness: { ...witness, offset: testbed.dataOffset(levels) },
      clock: monotonicClock,
    });
    return {
      ...found,
      environment: testbed.environment,
      ...{ on: source.name, watchedFrom: watcher.name },
      ...('why' in cutter && { notCut: cutter.why }),
      ...(hosts.standIn !== undefined && { standIn: hosts.standIn }),
    };
  } finally {
    for (const note of await bed.remove()) console.error(note);
  }
}

function scenarioFor({ inventory, hypervisor }: CalibrationRun) {
  const known = Object.entries(inventory?.hosts[0]?.storages ?? {});
  const [storage = 'local'] = known.find(([, { kind }]) => kind === 'local') ?? known[0] ?? [];
  return scenarioSchema.parse({
    name: 'calibrate',
    storages: { [storage]: inventory === undefined ? { kind: 'local' } : {} },
    fixed: { hypervisor },
    measure: { migration: {} },
  });
}
