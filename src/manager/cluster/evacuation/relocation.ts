import type { GuestIndex, Place } from '../model/index.ts';

/** A guest that goes from one place to another: its host changes, or only its backup. */
export interface Relocation {
  readonly guest: GuestIndex;
  readonly from: Place;
  readonly to: Place;
}
