import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../../platform/remote/shell.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { Acknowledgements } from '../../observe/acknowledgements.ts';
import { witnessSize, WriteWitness, type WitnessCheck } from '../../observe/witness.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { checkImage } from '../check-image.ts';
import { crashMetrics } from './metrics.ts';
import type { CrashOptions } from './options.ts';

/** Seconds besides those until the cut for which there is room on the disk. */
const around = 30;

/** The power of a guest's host is cut while the guest writes; then its image is looked at. */
export const crash: Measurement = {
  metrics: crashMetrics,
  kind: 'measured',
  needsGuests: true,
  cutsPower: true,
  dataBytes: ({ measure }) => sizeOf(measure.crash as CrashOptions).bytes,
  async run(scope) {
    const acknowledgements = await Acknowledgements.listen();
    try {
      await cutAndLook(scope, acknowledgements);
    } finally {
      acknowledgements.close();
    }
  },
};

function sizeOf({ rate, latest }: CrashOptions) {
  return witnessSize(rate, latest + around);
}

async function cutAndLook(scope: TrialScope, heard: Acknowledgements): Promise<void> {
  const [created] = scope.guests;
  if (created === undefined) throw new Error('a power cut needs a guest');
  const { guest } = created;
  const { host } = guest;
  const options = scope.scenario.measure.crash as CrashOptions;
  const { earliest, latest } = options;
  const report = await heard.addressFor(host);
  const folder = await scope.folder(host);
  const delay = earliest + (latest - earliest) * scope.random.next();
  const seen = { instance: '', acknowledged: 0, begun: NaN };
  const { at, back } = await scope.powerCut(host, async () => {
    const size = { ...sizeOf(options), ...(report !== undefined && { report }) };
    const witness = await WriteWitness.start(guest, scope.dataOffset, size);
    seen.begun = scope.clock.now();
    seen.instance = await witness.instance(guest.control);
    await untilMoment(scope, seen.begun + delay);
    if (heard.highest(seen.instance) > 0) return;
    scope.warn(
      'acknowledgements did not come through to this machine: only those up to a last look into the guest count',
    );
    seen.acknowledged = await witness.acknowledged(guest.control);
  });
  const acknowledged = Math.max(seen.acknowledged, heard.highest(seen.instance));
  if (acknowledged === 0) throw new Error('no write was acknowledged before the power was cut');
  await host.shell.run(['mkdir', '-p', '--', folder]);
  const part = { offset: scope.dataOffset, bytes: sizeOf(options).bytes };
  const found = await look(scope, guest, part, folder, { ...seen, acknowledged });
  scope.record('crash.lost-writes', found);
  scope.record('crash.acknowledged', acknowledged);
  scope.record('crash.moment', at - seen.begun);
  scope.record('crash.back', back - at);
  scope.event({ event: 'power-cut', at, figures: { back } });
}

async function untilMoment({ clock, signal }: TrialScope, moment: number): Promise<void> {
  await sleep(Math.max(0, moment - clock.now()) * 1000, undefined, { signal });
}

/** How many acknowledged writes are not in the image; all, where the image is no more one. */
async function look(
  scope: TrialScope,
  { host, spec }: Guest,
  part: { offset: number; bytes: number },
  folder: string,
  seen: { instance: string; acknowledged: number },
): Promise<number> {
  let check: WitnessCheck;
  try {
    check = await checkImage(host, spec.disk, part, folder, seen);
  } catch (error) {
    // Any other command that fails says nothing of the image.
    const unreadable = error instanceof CommandError && error.code !== undefined;
    if (!unreadable || error.argv[0] !== 'qemu-img') throw error;
    scope.warn(`the image cannot be read any more, so all is lost: ${error.stderr.trim()}`);
    return seen.acknowledged;
  }
  scope.saveArtifact('witness-check-image.json', check.report);
  return check.missing;
}
