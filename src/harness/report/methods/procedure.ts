import { durationText, quantity } from '../../analysis/quantity.ts';
import type { Run } from '../../results/schema.ts';
import { loadSchema } from '../../load/options.ts';
import { creationOptions } from '../../measure/creation/options.ts';
import { failoverOptions } from '../../measure/failover/options.ts';
import { guestIoOptions } from '../../measure/guest-io/options.ts';
import { migrationOptions } from '../../measure/migration/options.ts';
import { p2vOptions } from '../../measure/p2v/options.ts';
import { jobFacts } from '../job-facts.ts';

/** Measurements that make guests; the others need none. */
const withGuests = ['creation', 'guest-io', 'migration', 'crash', 'hotplug', 'failover'];

/** Whether trials of the run made guests. */
export function madeGuests({ scenario }: Pick<Run, 'scenario'>): boolean {
  const { measure } = scenario;
  return Object.keys(typeof measure === 'object' ? (measure ?? {}) : {}).some((name) =>
    withGuests.includes(name),
  );
}

/** What was done in a trial, in the order in which it was done; empty where there is nothing to say. */
export function procedureParagraphs({ scenario, environment }: Run): string[] {
  const measured: Record<string, unknown> = { ...(scenario['measure'] as object | undefined) };
  // One that this version cannot read does not keep the others from being told.
  const read = <Options>(
    name: string,
    schema: { safeParse: (value: unknown) => { data?: Options } },
  ) => (measured[name] === undefined ? undefined : schema.safeParse(measured[name]).data);
  const measure = {
    creation: read('creation', creationOptions),
    'guest-io': read('guest-io', guestIoOptions),
    migration: read('migration', migrationOptions),
    p2v: read('p2v', p2vOptions),
    failover: read('failover', failoverOptions),
  };
  const { data: load } = loadSchema.safeParse(scenario['load']);
  const creation =
    measure.creation === undefined
      ? []
      : [
          'Creation: all guests of a trial were requested at one moment. A creation lasts from the request to the first correct answer of the service inside the guest; the ends of its phases (disk provided, monitor, first byte of the kernel, init, agent, service) were stamped on one monotonic clock of the controller. A guest was created for each trial and removed after it.',
        ];
  const jobs = jobFacts(scenario).map(
    ([name, text]) => `${name.replace('fio job ', '')} (${text})`,
  );
  const io =
    measure['guest-io'] === undefined
      ? []
      : [
          `Guest I/O: fio${environment.versions['fio'] === undefined ? '' : ` ${environment.versions['fio']}`} ran inside all guests at once, from one barrier, with direct=1, these jobs one after the other: ${jobs.join('; ')}. Throughput of several guests is summed over the time in which all of them ran; percentiles are those of merged histograms. Whether a job had come to its steady state was decided by the rule of the SNIA (five rounds within 20 %, a slope of at most 10 %).${measure['guest-io'].host ? ' The same jobs ran on the hosts while the guests were idle.' : ''}`,
        ];
  const { migration, p2v, failover } = measure;
  const moved =
    migration === undefined
      ? []
      : [
          `Migration: in each trial a fresh guest was moved once, after ${durationText(migration.window)} in which nothing happened; it was watched for ${durationText(migration.settle)} after it had answered on the target, and given up after ${durationText(migration.timeout)}. The network was probed ${migration.rate} times a second.${load?.http ? ` Meanwhile ${load.http.rate} requests a second came to its service whatever it did.` : ''}`,
        ];
  const converted =
    p2v === undefined
      ? []
      : [
          `Conversion: before each trial the machine was put back into the state in which it was first found. Its service was asked ${p2v.rate} times a second from outside, from ${quantity(p2v.window, 's')} before the request until ${quantity(p2v.settle, 's')} after the conversion was committed, at moments that did not depend on the answers. An outage lasts from the last good answer before it to the first after it; the downtime is the sum of the outages that the conversion made.${p2v.service === 'own' ? ` A program on the machine wrote ${p2v.witness.rate} numbered records a second, each synced before it was acknowledged; acknowledged numbers that were missing on the target's disk are lost writes.` : ''} The time that the conversion would take was predicted before it began, from the bytes in use and the rates measured until then.`,
        ];
  const lost =
    failover === undefined
      ? []
      : [
          `Failover: in each trial a guest of the cluster manager, on shared storage, lost its host, which was killed after ${durationText(failover.window)} in which nothing happened. Its service was asked ${failover.rate} times a second from outside, at moments that did not depend on the answers. The downtime lasts from the last good answer to the first one elsewhere; its parts end when the master held the host suspect, when it had proof that nothing ran there any more, when it had written down where the guest is started, and when QEMU had made the guest's sockets there. A program in the guest wrote ${failover.witness.rate} numbered records a second, each synced before it was acknowledged; acknowledged numbers that were missing in the image of the stopped guest are lost writes.`,
        ];
  return [...creation, ...io, ...moved, ...converted, ...lost];
}
