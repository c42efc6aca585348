import { serveDisk } from '../copy/serve-disk.ts';
import type { ConversionRequest } from '../request.ts';
import { startCarrier, type Carrier, type CarrierOptions } from './carrier.ts';
import { together, type Passes } from './together.ts';

export interface WarmSettings {
  /** Seconds that bringing the rest of the disks may take in the outage; 1 by default. */
  budget?: number;
  tracker?: CarrierOptions['tracker'];
}

/** The disks of a machine on their way to the target, while the machine serves. */
export interface Copying {
  /** One for each disk, in their order. They write on the target only what they are asked for. */
  carriers: Carrier[];
  /** All of them as one. */
  passes: Passes;
  /** Ends it, and who serves the target's disks. Once is enough. */
  stop(): Promise<void>;
}

/** @param files of the target, one for each disk: raw, empty, of the disk's size */
export async function startCopying(
  { source, facts, target, ledger }: ConversionRequest,
  files: readonly string[],
  { tracker }: WarmSettings,
): Promise<Copying> {
  const carriers: Carrier[] = [];
  const served: { stop(): Promise<void> }[] = [];
  const end = async () => {
    await Promise.all(carriers.map((carrier) => carrier.stop()));
    await Promise.all(served.map((each) => each.stop()));
  };
  try {
    for (const [index, { path }] of facts.disks.entries()) {
      const to = await serveDisk(target.host, files[index] ?? '', ledger, { shared: true });
      served.push(to);
      const options = tracker === undefined ? {} : { tracker };
      carriers.push(await startCarrier(source, path, to, options));
    }
  } catch (error) {
    await end();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return { carriers, passes: together(carriers), stop: () => (stopping ??= end()) };
}
