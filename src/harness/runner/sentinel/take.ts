import { z } from 'zod';
import { hostProgram } from '../../../platform/programs/host-program.ts';
import type { Host } from '../../../platform/remote/host.ts';

const seriesSchema = z.object({ median: z.number().positive(), maximum: z.number().positive() });
const schema = z.object({
  write: seriesSchema,
  smallWrite: seriesSchema,
  read: seriesSchema,
  smallRead: seriesSchema,
});

/** Seconds: of the job itself ten at most, before it what others have written must be on disk. */
const patience = 30;

/** Seconds of a request, by what it was: `write`, `read` (64 KiB), `smallWrite`, `smallRead` (4 KiB), and their maxima. */
export type SentinelTaken = Record<
  | 'write'
  | 'read'
  | 'smallWrite'
  | 'smallRead'
  | 'writeMaximum'
  | 'readMaximum'
  | 'smallWriteMaximum'
  | 'smallReadMaximum',
  number
>;

export interface SentinelPlace {
  host: Host;
  /** A file of its own on the storage, kept from one time to the next. */
  file: string;
  /** Of the controller, for the program that does it. */
  cache: string;
  /** Carried by the program, so that it is found and ended. */
  environment: Readonly<Record<string, string>>;
}

/**
 * Does the sentinel's job: a few requests past the host's caches.
 * @throws Error that says why it could not be done
 */
export async function takeSentinel(
  { host, file, cache, environment }: SentinelPlace,
  signal: AbortSignal,
): Promise<SentinelTaken> {
  const program = await hostProgram(host, cache);
  const options = { env: environment, timeout: patience, signal };
  const { stdout } = await host.shell.run([program, 'sentinel', file], options);
  const found = schema.parse(JSON.parse(stdout));
  return {
    write: found.write.median,
    read: found.read.median,
    smallWrite: found.smallWrite.median,
    smallRead: found.smallRead.median,
    writeMaximum: found.write.maximum,
    readMaximum: found.read.maximum,
    smallWriteMaximum: found.smallWrite.maximum,
    smallReadMaximum: found.smallRead.maximum,
  };
}
