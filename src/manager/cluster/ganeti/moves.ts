/**
 * The ways in which hbal moves an instance (src/Ganeti/HTools/Cluster/Moves.hs), `t` being another node:
 * `failover` swaps primary and secondary; `replace-secondary` gives it secondary t;
 * `replace-and-failover` makes t primary and the old primary secondary; `replace-primary` makes t
 * primary; `failover-and-replace` makes the secondary primary and t secondary; `failover-to-any` is for
 * shared disks: t is primary.
 */
export type MoveKind =
  | 'failover'
  | 'replace-secondary'
  | 'replace-and-failover'
  | 'replace-primary'
  | 'failover-and-replace'
  | 'failover-to-any';

export interface GanetiMove {
  readonly instance: number;
  readonly kind: MoveKind;
  readonly primary: number;
  readonly secondary: number;
  /** Of the cluster once it is done. */
  readonly score: number;
}

/** What hbal prints for a move: f, r:node, fa:node. */
export function moveText(
  { kind, primary, secondary }: GanetiMove,
  names: readonly string[],
): string {
  const p = names[primary] ?? '';
  const s = names[secondary] ?? '';
  switch (kind) {
    case 'failover':
      return 'f';
    case 'replace-secondary':
      return `r:${s}`;
    case 'replace-and-failover':
      return `r:${p} f`;
    case 'replace-primary':
      return `f r:${p} f`;
    case 'failover-and-replace':
      return `f r:${s}`;
    case 'failover-to-any':
      return `fa:${p}`;
  }
}
