import type { Span } from '../../observe/observer.ts';

/** What the manager did about a host that was lost; seconds on our clock. */
export interface Course {
  /** It was said to be suspect. */
  suspect: number;
  /** That it can run nothing any more was proven. */
  fenced: number;
  /** It was written down where its guest is started. */
  decided: number;
  /** QEMU ran there. */
  started: number;
}

export interface FailoverPhase extends Span {
  phase: (typeof phaseNames)[number];
}

/** In order of time. */
export const phaseNames = ['silence', 'fencing', 'decision', 'start', 'boot'] as const;

/**
 * The contiguous parts of an outage: silence until the host is suspect, fencing (with the grace before it)
 * until that is proven, decision, start of QEMU, boot until the first good reply. A stamp that was seen
 * late, after what follows from it, counts as of then.
 */
export function failoverPhases(outage: Span, course: Course): FailoverPhase[] {
  const ends = [course.suspect, course.fenced, course.decided, course.started, outage.to];
  for (let index = ends.length - 2; index >= 0; index--) {
    ends[index] = Math.min(ends[index] as number, ends[index + 1] as number);
  }
  let { from } = outage;
  return phaseNames.map((phase, index) => {
    const to = Math.max(from, ends[index] as number);
    const part = { phase, from, to };
    from = to;
    return part;
  });
}
