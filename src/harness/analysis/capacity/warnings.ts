import type { Capacity, CapacityLine } from './capacity.ts';
import { guestsText, rangeText } from './texts.ts';
import { fewestBlocks } from './resample.ts';

/** Numbers of guests that a law wants, past saturation. */
const wantedLevels = 6;
/** A point that lies farther off its curve, as a share, is told. */
const mostMisfit = 0.15;

/** What changes how the capacity of a run is to be read, in words. */
export function capacityWarnings(capacity: Capacity): string[] {
  const { lines, limits, blocks } = capacity;
  const few =
    blocks >= fewestBlocks
      ? []
      : [
          `Only ${blocks} complete ${blocks === 1 ? 'block' : 'blocks'} of trials: no intervals; at least ${fewestBlocks} are needed (repeat.trials).`,
        ];
  const unknown = limits
    .filter(({ name }) =>
      lines.every(({ within }) => within.every((one) => one.limit.name !== name)),
    )
    .map(
      ({ name, text }) =>
        `The limit "${text}" cannot be judged: ${name === 'aggregate' ? 'no rate was asked (jobs without rate)' : 'it was not recorded at every number of guests'}.`,
    );
  const rated = lines.some(({ levels }) => levels.some(({ share }) => share !== undefined))
    ? [
        'Guests are limited in rate: before saturation the curve shows what they ask for, so λ, σ and κ are not those of the storage alone.',
      ]
    : [];
  return [...few, ...unknown, ...rated, ...lines.flatMap((line) => lineWarnings(line))];
}

function lineWarnings(line: CapacityLine): string[] {
  const { text, levels, law, all } = line;
  const warnings: string[] = [];
  if (levels.length < wantedLevels) {
    const what =
      law === undefined ? 'no curve is fitted below 3' : 'the curve is weakly determined';
    warnings.push(
      `${text}: ${levels.length} numbers of guests; at least ${wantedLevels}, past saturation, are wanted: ${what}.`,
    );
  }
  const failed = levels.filter(({ throughput }) => !(throughput.median > 0));
  if (failed.length > 0) {
    const names = failed.map(({ guests }) => guests).join(', ');
    warnings.push(
      `${text}: half of the trials or more failed at ${names} guests; the curve is without.`,
    );
  }
  if (law === undefined) return warnings;
  if (!law.saturated && (all === undefined || all.guests === Infinity)) {
    warnings.push(
      `${text}: no saturation in the range (${rangeText(line)} guests): throughput still grows, so peak and limits lie beyond it.`,
    );
  }
  const { guests, share } = law.misfit;
  if (Math.abs(share) > mostMisfit) {
    warnings.push(
      `${text}: the curve misses what was measured at ${guestsText(guests)} guests by ${Math.round(Math.abs(share) * 100)} %; trust the points there.`,
    );
  }
  return warnings;
}
