import { serveDisk } from '../copy/serve-disk.ts';
import type { ConversionRequest } from '../request.ts';
import { startCarrier, type Carrier, type CarrierOptions } from './carrier.ts';

export interface WarmSettings {
  /** Seconds that bringing the rest of the disk may take in the outage; 1 by default. */
  budget?: number;
  tracker?: CarrierOptions['tracker'];
}

/** The disk of a machine on its way to the target, while the machine serves. */
export interface Copying {
  /** It writes on the target only what it is asked for. */
  carrier: Carrier;
  /** Ends it, and who serves the target's disk. Once is enough. */
  stop(): Promise<void>;
}

/** @param file of the target: raw, empty, of the disk's size */
export async function startCopying(
  { source, facts, target, ledger }: ConversionRequest,
  file: string,
  { tracker }: WarmSettings,
): Promise<Copying> {
  const served = await serveDisk(target.host, file, ledger, { shared: true });
  try {
    const options = tracker === undefined ? {} : { tracker };
    const carrier = await startCarrier(source, facts.disks[0].path, served, options);
    let stopping: Promise<void> | undefined;
    const end = async () => {
      await carrier.stop();
      await served.stop();
    };
    return { carrier, stop: () => (stopping ??= end()) };
  } catch (error) {
    await served.stop();
    throw error;
  }
}
