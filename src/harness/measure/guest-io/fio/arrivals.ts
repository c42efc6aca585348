import type { Job } from '../options.ts';
import type { Options, Section } from './section.ts';

export type Direction = 'read' | 'write';

/** The requests of one direction of a job of limited rate. */
export interface Arrivals {
  direction: Direction;
  /** Requests a second of each guest. */
  rate: number;
  /** Independent streams over which they are divided. */
  streams: number;
}

/**
 * What comes in each direction; nothing for a job without rate. Reads and writes of a mixed pattern
 * have streams of their own: Poisson processes add up to one, and a random choice takes one apart.
 */
export function arrivalsOf(job: Job): Arrivals[] {
  const { rate, rw, readShare, arrivals, iodepth } = job;
  if (rate === undefined) return [];
  const streams = (most: number, of: number) => (arrivals === 'linear' ? 1 : Math.min(most, of));
  if (rw === 'randread' || rw === 'randwrite') {
    return [
      { direction: rw === 'randread' ? 'read' : 'write', rate, streams: streams(iodepth, rate) },
    ];
  }
  const reads = between(Math.round((rate * readShare) / 100), 1, rate - 1);
  const readStreams = between(Math.round((iodepth * readShare) / 100), 1, iodepth - 1);
  return [
    { direction: 'read', rate: reads, streams: streams(readStreams, reads) },
    {
      ...{ direction: 'write', rate: rate - reads },
      streams: streams(iodepth - readStreams, rate - reads),
    },
  ];
}

interface ArrivalRequest {
  index: number;
  name: string;
  barrier: string;
  seed: number;
  /** What all streams have. */
  options: Options;
}

/**
 * Requests that come at a rate, whatever the storage does (an open loop): `rate_process=poisson` of fio.
 *
 * fio (3.33, and those before) cannot do that with several requests in flight: before it sleeps
 * until the next is due, it waits for all that are in flight, so that they never overlap, and
 * `io_submit_mode=offload`, which would mend it, hangs together with a rate. So the rate is divided
 * over independent streams with one request in flight each: Poisson processes add up to a Poisson
 * process. What is counted is `lat`, from when fio takes up the request, which is when it is due, to
 * its completion. Not counted is the wait of a request that is due while the previous one of its own
 * stream is in flight (it is not lost: it follows at once), and a late wake-up of the guest. How many
 * are concerned follows from the share of time in which a stream is busy (see saturation.ts).
 *
 * Even arrivals are one stream: several would all send at the same moments.
 *
 * The group waits behind a section that does nothing but stand at the barrier, so that one line lets
 * all streams go.
 */
export function arrivalSections(
  job: Job,
  { index, name, barrier, seed, options }: ArrivalRequest,
): Section[] {
  const { bs, arrivals, iodepth } = job;
  const parts = arrivalsOf(job).flatMap(({ direction, rate, streams }) => {
    // A stream's rate is a whole number: some have one more.
    const least = Math.floor(rate / streams);
    const more = rate % streams;
    return [
      { direction, rate: least, streams: streams - more },
      ...(more > 0 ? [{ direction, rate: least + 1, streams: more }] : []),
    ];
  });
  const waiting = {
    ...{ stonewall: undefined, ioengine: 'null', rw: 'read', bs, size: bs },
    exec_prerun: barrier,
  };
  return [
    { name: `barrier:${index}`, options: waiting },
    ...parts.map(({ direction, rate, streams }, part) => ({
      name: part === 0 ? name : `streams:${index}:${part}`,
      options: {
        ...(part === 0 && { stonewall: undefined }),
        ...{ group_reporting: undefined, thread: undefined, numjobs: streams },
        ...{ rw: `rand${direction}`, bs, iodepth: arrivals === 'linear' ? iodepth : 1 },
        ...{ rate_iops: rate, rate_process: arrivals, randseed: seed },
        ...{ lat_percentiles: 1, clat_percentiles: 0 },
        ...options,
      },
    })),
  ];
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
