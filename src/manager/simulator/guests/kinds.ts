/** What can happen in a cluster of guests; subjects are slots, hosts, incidents, migrations. */
export const kinds = {
  arrives: 0,
  runs: 1,
  loadChanges: 2,
  departs: 3,
  moved: 4,
  check: 5,
  look: 6,
  hostsFail: 7,
  silence: 8,
  graceOver: 9,
  fenced: 10,
  restart: 11,
  hostsAreBack: 12,
} as const;

export type Kind = (typeof kinds)[keyof typeof kinds];
