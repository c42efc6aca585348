import type { GuestControl } from '../../../../platform/guest/control/control.ts';
import type { Hypervisor } from '../../../../platform/hypervisor/hypervisor.ts';
import type { JobFilePlace } from './job-file.ts';

/** What it takes to run fio somewhere. */
export type FioControl = Pick<GuestControl, 'run' | 'start' | 'exists' | 'readFile' | 'writeFile'>;

/** One fio among those that begin together: in a guest, or one of several on a host. */
export interface FioPlace extends JobFilePlace {
  /** For messages: `guest 0`. */
  name: string;
  control: FioControl;
  /** A shell's command that must succeed before fio is started. */
  prepare: string;
  /** What to say where there is no fio. */
  withoutFio: string;
}

/** For what is left of a distribution's boot when its service answers, in seconds. */
export const bootTimeout = 300;

/** Told by the code with which a preparation ends. */
export const noFio = 127;
export const requireFio = `command -v fio > /dev/null || exit ${noFio}`;

/** On memory, so that it does not disturb what it measures. */
const folder = '/run/vg-fio';

/**
 * Waits until a distribution has booted. The micro guest has no systemd, and its boot is over. A unit
 * that failed is not our matter.
 */
const untilBooted =
  'command -v systemctl > /dev/null && systemctl is-system-running --wait > /dev/null';

/** A guest, as far as fio in it needs one. */
export interface FioGuest {
  control: FioControl;
  hypervisor: Pick<Hypervisor, 'devices'>;
}

/**
 * fio in a guest, on the part of its disk behind `offset`.
 * @param seed of its arrivals: guests with the same would send their requests at the same moments
 */
export function guestPlace(
  guest: number,
  { control, hypervisor }: FioGuest,
  offset: number,
  seed: number,
): FioPlace {
  return {
    ...{ name: `guest ${guest}`, control, folder, offset, seed, file: hypervisor.devices.disk },
    prepare: `${requireFio}\n${untilBooted}`,
    withoutFio: 'the image has no fio: install it there, or measure creation only',
  };
}
