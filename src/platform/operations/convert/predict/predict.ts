import type { ConversionMethod } from '../conversion.ts';
import { changedBytes, passes, type Passes } from './passes.ts';

/** What a conversion depends on. Bytes, seconds, bytes a second. */
export interface PredictionInput {
  /** Size of the disk, and what of it holds something. */
  disk: number;
  used: number;
  /** What holds nothing, and is read all the same: the maps of its file systems cannot be used. */
  unmapped: number;
  link: number;
  /** The source's disk, and the target's storage. */
  read: number;
  write: number;
  /** To the source's disk, and over how many distinct bytes. */
  writeRate: number;
  workingSet: number;
  /** Whether written sectors are told; else every pass reads all of both disks and compares. */
  tracked: boolean;
  /** Memory in use, and how much of it is changed a second. */
  memory: number;
  dirtyRate: number;
  /** To bring what is needed to the source, while the service runs. */
  stage: number;
  /** Until the service and what it needs have stopped. */
  stop: number;
  /** From the old kernel to the VMM or the rescue image ready to work. */
  kexec: number;
  /** The machine's own system, from its kernel to the service. */
  boot: number;
  /** What a switch of a guest from host to host costs beside the memory that is left. */
  switchover: number;
  /** That copying the rest may take at cut-over: of the disk, and of the memory. */
  diskBudget: number;
  memoryBudget: number;
}

/** A stretch of time in which the service does not answer. */
export interface PredictedOutage {
  phases: { name: string; seconds: number }[];
  seconds: number;
}

/** What a method would take. */
export interface Prediction {
  method: ConversionMethod;
  /** From the request to the end; seconds. */
  total: number;
  outages: PredictedOutage[];
  /** Of all outages together; seconds. */
  downtime: number;
  /** Bytes over the link. */
  moved: number;
  /** Why copying does not catch up with the machine; the figures are for cutting over all the same. */
  notConverging?: string;
}

/** The methods, in the order in which they are shown. */
export const predictedMethods = ['offline', 'warm', 'native-switch', 'warm-switch'] as const;

/** Foretells one conversion; a pure function of what was measured or assumed. */
export function predict(method: ConversionMethod, input: PredictionInput): Prediction {
  const { stage, stop, kexec, boot, used } = input;
  switch (method) {
    case 'offline': {
      const copy = { name: 'copy', seconds: mappedCopy(input) };
      const outage = outageOf({ stop, kexec }, copy, { boot });
      return predictionOf(method, [outage], stage, used);
    }
    case 'warm': {
      const disk = diskPasses(input, input.diskBudget);
      const rest = { name: 'rest', seconds: disk.restSeconds };
      const outage = outageOf({ stop }, rest, { boot });
      return predictionOf(method, [outage], stage + disk.seconds, disk.moved, disk);
    }
    case 'native-switch': {
      const first = outageOf({ stop, kexec, boot });
      // The mirror goes on until the guest moves, so that its last round is no outage.
      const mirror = diskPasses(input, mirrorBudget);
      return switched(method, input, first, { before: 0, mirror, moved: mirror.moved });
    }
    case 'warm-switch': {
      const warm = diskPasses(input, input.diskBudget);
      const first = outageOf({ stop, kexec, boot });
      const rest = warm.rest + changedBytes(input.writeRate, input.workingSet, boot);
      const mirror = diskPasses(input, mirrorBudget, {
        bytes: rest,
        seconds: rest / slowest(input),
      });
      const moved = warm.moved - warm.rest + mirror.moved;
      return switched(method, input, first, { before: warm.seconds, mirror, moved });
    }
  }
}

/** Seconds: less than this behind, a mirror is in step. */
const mirrorBudget = 0.1;

function switched(
  method: ConversionMethod,
  input: PredictionInput,
  first: PredictedOutage,
  { before, mirror, moved }: { before: number; mirror: Passes; moved: number },
): Prediction {
  const { stage, memory, dirtyRate, memoryBudget, switchover } = input;
  // What the mirror sends meanwhile is taken from the link.
  const link = Math.max(input.link - input.writeRate, input.link * 0.01);
  const ram = passes({
    first: { seconds: memory / link, bytes: memory },
    changed: (seconds) => changedBytes(dirtyRate, memory, seconds),
    copy: (bytes) => bytes / link,
    budget: memoryBudget,
  });
  const rest = { name: 'memory', seconds: ram.restSeconds };
  const second = outageOf({}, rest, { switchover });
  const between = stage + before + mirror.seconds + mirror.restSeconds + ram.seconds;
  const prediction = predictionOf(method, [first, second], between, moved + ram.moved, mirror);
  if (ram.converges || prediction.notConverging !== undefined) return prediction;
  return { ...prediction, notConverging: 'memory is changed faster than the link carries it' };
}

function predictionOf(
  method: ConversionMethod,
  outages: PredictedOutage[],
  otherwise: number,
  moved: number,
  disk: Pick<Passes, 'converges'> = { converges: true },
): Prediction {
  const downtime = outages.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    ...{ method, outages, downtime, moved, total: otherwise + downtime },
    ...(!disk.converges && {
      notConverging: 'the disk is written faster than changes are copied',
    }),
  };
}

function outageOf(
  before: Readonly<Record<string, number>>,
  middle?: { name: string; seconds: number },
  after: Readonly<Record<string, number>> = {},
): PredictedOutage {
  const named = (times: Readonly<Record<string, number>>) =>
    Object.entries(times).map(([name, seconds]) => ({ name, seconds }));
  const phases = [...named(before), ...(middle ? [middle] : []), ...named(after)];
  return { phases, seconds: phases.reduce((sum, { seconds }) => sum + seconds, 0) };
}

function slowest({ link, read, write }: PredictionInput): number {
  return Math.min(link, read, write);
}

/** Only what is used is read, where nobody writes and the file systems have maps that are understood. */
function mappedCopy({ used, unmapped, read, link, write }: PredictionInput): number {
  return Math.max((used + unmapped) / read, used / Math.min(link, write));
}

/** All of the disk is read; what is zero is not sent. */
function firstCopy(input: PredictionInput): number {
  return Math.max(input.disk / input.read, input.used / Math.min(input.link, input.write));
}

function diskPasses(
  input: PredictionInput,
  budget: number,
  first = { bytes: input.used, seconds: firstCopy(input) },
): Passes {
  const { disk, read, writeRate, workingSet, tracked } = input;
  // Both ends read theirs at once; where only the mirror copies, its own bitmap tells.
  const compare = tracked || budget === mirrorBudget ? 0 : disk / read;
  return passes({
    first,
    changed: (seconds) => changedBytes(writeRate, workingSet, seconds),
    copy: (bytes) => compare + bytes / slowest(input),
    budget,
  });
}
