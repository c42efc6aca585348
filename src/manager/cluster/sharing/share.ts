import type { Random } from '../../../base/stats/random.ts';
import { checkSharing } from './check.ts';
import { Lendings } from './lendings.ts';
import { byId } from './policies/by-id.ts';
import type {
  Donor,
  Grant,
  Lack,
  Release,
  SharingPlan,
  SharingPolicy,
  SharingRules,
  SharingState,
} from './model.ts';

export interface SharingRequest {
  readonly policy: SharingPolicy;
  readonly rules: SharingRules;
  /** For policies that draw. */
  readonly random: Random;
}

/**
 * Decides who lends capacity to whom. First what has to go back: capacity of donors that are down or
 * are overloaded themselves, then capacity of services that no longer need it, the youngest grants
 * first. Then what services lack is asked from those that can spare some, the largest lack first.
 *
 * Down or overloaded services never lend, nobody lends and borrows at once, no donor gives more than
 * θ·capacity − load, and a state that does not change is left as it is from the second decision on.
 * @throws UserError for capacities or demands that are none, and for names given twice
 */
export function planSharing(
  state: SharingState,
  { policy, rules, random }: SharingRequest,
): SharingPlan {
  checkSharing(state, rules);
  const lendings = new Lendings(state, rules);
  const releases: Release[] = [
    ...lendings.releaseUnknown(),
    ...lendings.releaseDonors(),
    ...lendings.releaseRelieved(),
  ];
  const deficits = lendings.deficits();
  const grants: Grant[] = [];
  const unmet: Lack[] = [];
  for (const { service, amount } of deficits) {
    let left = amount;
    for (const donor of policy(amount, lendings.donors(), random)) {
      if (left <= 0) break;
      const given = Math.min(donor.spare, left);
      grants.push(lendings.grant(donor.id, service, given));
      left = given === left ? 0 : left - given;
    }
    if (left > 0) unmet.push({ service, amount: left });
  }
  return { releases, grants, deficits, unmet, after: lendings.all() };
}

/** The donors that a policy would be offered now, in the order of their names. */
export function donorsOf(state: SharingState, rules: SharingRules): Donor[] {
  return new Lendings(state, rules).donors().sort(byId);
}
