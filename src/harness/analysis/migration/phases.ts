/** A stretch of a migration with a name, in seconds since it began. */
export interface Phase {
  name: 'disk mirror' | 'pre-copy' | 'stopped' | 'post-copy';
  from: number;
  to: number;
}

/** A pass over memory, and what was sent in it. */
export interface Round {
  /** `1`, `2`, …; `post-copy` for what followed the switchover. */
  name: string;
  from: number;
  to: number;
  /** Bytes; absent where the hypervisor did not count them. */
  transferred?: number;
}

interface Step {
  event: string;
  at: number;
  figures?: Readonly<Record<string, number>> | undefined;
}

/**
 * @param steps - the `migration.` events, in order of time
 * @param end - of all that belongs to it
 */
export function phasesOf(steps: readonly Step[], end: number): Phase[] {
  const at = timesOf(steps);
  const over = at('completed') ?? end;
  const [stop, resume, mirrored] = [at('stop'), at('resume'), at('mirror-ready')];
  const switched = at('post-copy');
  const begun = at('round') ?? mirrored ?? 0;
  const phases: Phase[] = [];
  const add = (name: Phase['name'], from: number | undefined, to: number | undefined) => {
    if (from !== undefined && to !== undefined && to > from) phases.push({ name, from, to });
  };
  if (mirrored !== undefined) add('disk mirror', 0, mirrored);
  add('pre-copy', Math.max(begun, mirrored ?? 0), stop ?? switched ?? over);
  add('stopped', stop, resume);
  if (switched !== undefined) add('post-copy', resume ?? switched, over);
  return phases;
}

/** The passes over memory, each with the bytes that were sent in it. */
export function roundsOf(steps: readonly Step[], end: number): Round[] {
  const at = timesOf(steps);
  const counted = steps.flatMap(({ at: moment, figures }) => {
    const bytes = figures?.['transferred'];
    return bytes === undefined ? [] : [{ at: moment, bytes }];
  });
  const starts = steps
    .filter(({ event }) => event === 'migration.round')
    .map(({ at: from, figures }, index) => ({
      name: String(figures?.['round'] ?? index + 1),
      from,
    }));
  const switched = at('post-copy');
  const over = at('completed') ?? end;
  if (switched !== undefined && over > switched) {
    // Rounds that began after the switchover are none: memory is fetched, not passed over.
    const before = starts.filter(({ from }) => from < switched);
    return close([...before, { name: 'post-copy', from: switched }]);
  }
  return close(starts);

  function close(open: readonly { name: string; from: number }[]): Round[] {
    return open.flatMap(({ name, from }, index) => {
      const to = open[index + 1]?.from ?? over;
      if (to <= from) return [];
      const sent = bytesAt(counted, to) - bytesAt(counted, from);
      return [{ name, from, to, ...(sent >= 0 ? { transferred: sent } : {}) }];
    });
  }
}

/** Bytes sent up to a moment, in a straight line between two counts; NaN without any. */
function bytesAt(counted: readonly { at: number; bytes: number }[], moment: number): number {
  const [first] = counted;
  if (first === undefined) return NaN;
  if (moment <= first.at)
    return first.at <= 0 ? first.bytes : (first.bytes * Math.max(0, moment)) / first.at;
  const next = counted.findIndex(({ at }) => at >= moment);
  const last = counted.at(-1);
  if (next === -1) return last?.bytes ?? NaN;
  const [a, b] = [counted[next - 1], counted[next]];
  if (a === undefined || b === undefined) return NaN;
  return b.at === a.at
    ? b.bytes
    : a.bytes + ((b.bytes - a.bytes) * (moment - a.at)) / (b.at - a.at);
}

function timesOf(steps: readonly Step[]) {
  return (name: string) => steps.find(({ event }) => event === `migration.${name}`)?.at;
}
