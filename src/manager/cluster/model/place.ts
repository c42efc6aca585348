/** Number of a host in its cluster: 0 … hosts − 1, in the order of the description. */
export type HostIndex = number;
/** Number of a guest in its cluster; that of a removed guest is given again. */
export type GuestIndex = number;

export const nowhere = -1;

/** Where a guest is or shall be. */
export interface Place {
  readonly host: HostIndex;
  /** `nowhere` where it has none. */
  readonly backup: HostIndex;
}

/** What stands in the way, the most common one first where hosts differ. */
export type Constraint =
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'disk I/O'
  | 'network'
  | 'health'
  | 'group'
  | 'storage'
  | 'hypervisor'
  | 'accelerator'
  | 'CPU model'
  | 'anti-affinity'
  | 'affinity'
  | 'N+1'
  | 'mirror';

/** No place: an answer, not an error. */
export interface Refusal {
  /** What keeps the hosts that come nearest from taking it. */
  readonly binding: Constraint;
  /** How many hosts each constraint rules out, as the first one found in the order above. */
  readonly hosts: ReadonlyMap<Constraint, number>;
  /** One sentence for people. */
  readonly why: string;
}

export type PlacementAnswer =
  | { readonly state: 'placed'; readonly place: Place; readonly cost: number }
  | { readonly state: 'refused'; readonly refusal: Refusal };
