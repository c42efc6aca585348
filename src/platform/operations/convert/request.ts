import type { Ledger } from '../../ledger/ledger.ts';
import type { ConversionSource, ConversionTarget, SourceFacts } from './conversion.ts';
import type { Ovmf } from './firmware/ovmf.ts';
import type { VmmImage } from './vmm-image/vmm.ts';

/** What every method takes. */
export interface ConversionRequest {
  source: ConversionSource;
  facts: SourceFacts;
  target: ConversionTarget;
  image: VmmImage;
  /** For a machine that starts by UEFI, where its guest is started by its own boot loader. */
  ovmf?: Ovmf;
  /**
   * Address of its own for what runs on the machine meanwhile, with the length of the prefix: free, and
   * reached by target and controller.
   */
  vmmAddress: string;
  /** Folder of the controller, for keys and consoles: kept as long as the source is to be reached. */
  work: string;
  /** Gets what is made on the target, before it is made. */
  ledger: Ledger;
  /** Whether the target's disk is kept as it was at the cut-over, to be compared with the source's. */
  verify?: boolean;
}
