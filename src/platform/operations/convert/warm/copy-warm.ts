import type { Clock } from '../../../../base/clock.ts';
import type { OnConversionEvent } from '../conversion.ts';
import type { Carrier } from './carrier.ts';
import { decide, type CarriedPass, type Decision } from './decide.ts';

/** Brings a disk over while its machine serves, until what is left fits into a budget or never will. */
export async function copyWarm(
  carrier: Pick<Carrier, 'pass'>,
  { budget, clock }: { budget: number; clock: Clock },
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<Decision> {
  const passes: CarriedPass[] = [];
  for (;;) {
    const pass = await onePass(carrier, clock, passes.length + 1, signal, onEvent);
    passes.push(pass);
    const decision = decide(passes, budget);
    const { next, predicted } = decision;
    onEvent({
      ...{ at: clock.now(), event: 'pass' },
      figures: {
        ...{ pass: passes.length, bytes: pass.sent, read: pass.read, seconds: pass.seconds },
        ...{ rate: pass.sent / pass.seconds, rest: pass.rest, budget },
        ...(Number.isFinite(predicted) && { predicted }),
        ...{ whole: Number(pass.whole), lost: Number(pass.lost), again: Number(next === 'again') },
      },
    });
    if (next !== 'again') return decision;
  }
}

/** One pass, its progress told. */
export function onePass(
  carrier: Pick<Carrier, 'pass'>,
  clock: Clock,
  number: number,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<CarriedPass> {
  return carrier.pass(signal, ({ read, sent, left }) =>
    onEvent({
      ...{ at: clock.now(), event: 'progress' },
      figures: { pass: number, read, bytes: sent, left },
    }),
  );
}

/** Why a machine was not cut over: what its user reads. */
export function notConverged({ predicted }: Decision, budget: number): string {
  const rest = Number.isFinite(predicted) ? `${predicted.toFixed(1)} s` : 'unknown';
  return `it did not converge: passes over the disk get no shorter, and the last one would take ${rest}, more than ${budget} s`;
}
