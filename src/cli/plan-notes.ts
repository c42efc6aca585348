import type { Matrix } from '../harness/scenario/matrix.ts';

interface Planned {
  matrix: Pick<Matrix, 'arms'>;
  /** Hosts that a trial takes. */
  needed: number;
  /** Names of the hosts of each group of which a trial takes one; absent without an inventory. */
  groups: readonly (readonly string[])[] | undefined;
  /** Trials at once, at most. */
  parallel: number;
}

/** What there is to know of hosts and of preparations, a line each. */
export function planNotes({ matrix, needed, groups, parallel }: Planned): string[] {
  const saved = matrix.arms.some(({ levels }) => levels.start === 'snapshot');
  return [
    ...hostsNote({ needed, groups, parallel }),
    ...(saved
      ? [
          'start: snapshot: one guest of each kind is booted and saved on each host beforehand, within the first trial that needs it',
        ]
      : []),
  ];
}

function hostsNote({ needed, groups, parallel }: Omit<Planned, 'matrix'>): string[] {
  const each = needed > 1 ? [`a trial takes ${needed} hosts`] : [];
  if (groups === undefined) {
    return each.map((text) => `${text}: this machine under as many names, or those of --hosts`);
  }
  const names = `on ${groups.map((group) => group.join(', ')).join('; ')}`;
  const count = Math.min(parallel, groups.length);
  const atOnce = count > 1 ? [`${count} trials at once`] : [];
  const more = [...each, ...atOnce].join(', ');
  return [more === '' ? names : `${names}: ${more}`];
}
