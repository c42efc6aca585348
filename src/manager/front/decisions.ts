import type { SharedDirector } from '../wire/messages/kinds.ts';
import type { Release, ReleaseReason } from '../cluster/sharing/index.ts';
import type { SharingStep } from './sharer.ts';

export type SharingDecision = SharedDirector['decisions'][number];

const reasons: Readonly<Record<ReleaseReason, (release: Release) => string>> = {
  'donor-down': ({ from }) => `${from} is down`,
  'donor-needs-it': ({ from }) => `${from} needs it itself`,
  relieved: ({ to }) => `${to} needs it no more`,
  'unknown-service': () => 'there is no such service any more',
};

/**
 * What one step has decided and what has come of those before, with reasons, in the order in which it
 * happened.
 * @param at milliseconds since 1970
 * @param before the step before: what is still not met is told once
 */
export function decisionsOf(
  { demands, plan, started, stopped, failed }: SharingStep,
  at: number,
  before?: SharingStep,
): SharingDecision[] {
  const lacking = (id: string) => {
    const demand = demands.find((each) => each.id === id);
    const lack = plan.deficits.find((each) => each.service === id);
    if (demand === undefined || lack === undefined) return undefined;
    return `asked for ${rate(demand.demand)} with a capacity of ${rate(demand.capacity)}, it lacks ${rate(lack.amount)}`;
  };
  const unmetBefore = new Set(before?.plan.unmet.map(({ service }) => service));
  return [
    ...started.map(({ grant, seconds }) => ({
      ...{ at, what: 'started' as const, ...grant, why: `serves ${seconds.toFixed(1)} s later` },
    })),
    ...stopped.map((grant) => ({ at, what: 'stopped' as const, ...grant })),
    ...failed.map(({ grant, why }) => ({ at, what: 'failed' as const, ...grant, why })),
    ...plan.releases.map((release) => {
      const { from, to, amount, why } = release;
      return { at, what: 'release' as const, from, to, amount, why: reasons[why](release) };
    }),
    ...plan.grants.map((grant) => ({
      ...{ at, what: 'grant' as const, ...grant, why: lacking(grant.to) },
    })),
    ...plan.unmet
      .filter(({ service }) => !unmetBefore.has(service))
      .map(({ service: to, amount }) => ({
        ...{ at, what: 'unmet' as const, to, amount, why: 'nobody can spare it' },
      })),
  ];
}

/** Requests a second, with no more digits than one decides by. */
export function rate(value: number): string {
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)}/s`;
}

/** A decision in words. */
export function decisionText({ what, from = '', to, amount, why }: SharingDecision): string {
  const because = why === undefined ? '' : `: ${why}`;
  const much = rate(amount);
  switch (what) {
    case 'grant':
      return `${from} lends ${much} to ${to}${because}`;
    case 'release':
      return `${to} gives ${much} back to ${from}${because}`;
    case 'started':
      return `the guest of ${from} for ${to} ${why ?? 'serves'}`;
    case 'stopped':
      return `the guest of ${from} for ${to} was drained and stopped`;
    case 'failed':
      return `no guest of ${from} for ${to}${because}`;
    case 'unmet':
      return `${to} lacks ${much}${because}`;
  }
}
