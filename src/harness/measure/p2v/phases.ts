import type {
  ConversionBoundary,
  ConversionEvent,
} from '../../../platform/operations/convert/conversion.ts';
import type { Span } from '../../observe/observer.ts';

/** What goes on before each boundary; others belong to what comes next. */
const before: Partial<Record<ConversionBoundary, string>> = {
  stopped: 'stop',
  synced: 'sync',
  kexec: 'leave',
  'guest-answered': 'boot',
  'vmm-answered': 'VMM boot',
  copied: 'copy',
  'guest-stopped': 'convergence',
  tombstone: 'tombstone',
  'target-running': 'start',
  'target-answered': 'boot',
};

/** What goes on after the last boundary in an outage, until the first good reply. */
const after: Partial<Record<ConversionBoundary, string>> = {
  kexec: 'VMM and guest boot',
  'vmm-answered': 'boot',
  'target-running': 'boot',
};

export interface OutagePhase extends Span {
  phase: string;
}

/**
 * The contiguous parts of an outage, cut at the boundaries of the conversion that lie in it: what a part
 * is called says its end, of the last one what it waits for.
 */
export function outagePhases(outage: Span, events: readonly ConversionEvent[]): OutagePhase[] {
  const inside = events
    .filter(({ at }) => at > outage.from && at < outage.to)
    .sort((a, b) => a.at - b.at);
  const phases: OutagePhase[] = [];
  let { from } = outage;
  let last = 'reply';
  for (const { at, event } of inside) {
    const phase = event === 'progress' ? undefined : before[event];
    if (phase === undefined) continue;
    phases.push({ phase, from, to: at });
    from = at;
    last = (event === 'progress' ? undefined : after[event]) ?? 'reply';
  }
  // What was moved live has booted long before.
  if (outageName(outage, events) === 'move') last = 'first reply';
  return [...phases, { phase: last, from, to: outage.to }];
}

/** Seconds by which requests in flight may blur the ends of an outage. */
const margin = 1;

/**
 * Which outage of a conversion it is: `switch` onto the machine's own hardware as a guest, `move` to the
 * target, or `conversion` where there is one alone.
 */
export function outageName(outage: Span, events: readonly ConversionEvent[]): string {
  const has = (name: ConversionBoundary) =>
    events.some(
      ({ event, at }) => event === name && at > outage.from - margin && at < outage.to + margin,
    );
  if (has('guest-stopped')) return 'move';
  if (has('target-running') || has('target-answered')) {
    return events.some(({ event }) => event === 'guest-stopped') ? 'move' : 'conversion';
  }
  if (has('copied')) return 'conversion';
  if (has('guest-answered') || has('kexec')) return 'switch';
  return has('cut-over') ? 'conversion' : 'other';
}
