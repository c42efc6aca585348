import type { Run } from '../../results/schema.ts';

/** The same for a run and its copies, wherever they lie. */
export function identityOf({ id, startedAt, seed }: Run): string {
  return `${id} ${startedAt} ${seed}`;
}
