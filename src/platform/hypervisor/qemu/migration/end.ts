import type { Guest } from '../../hypervisor.ts';
import type { Qmp } from '../qmp.ts';

/** One of the two QEMUs of a migration. */
export interface End {
  guest: Guest;
  qmp: Qmp;
}
