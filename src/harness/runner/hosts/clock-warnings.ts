import type { Host } from '../../../platform/remote/host.ts';

/** Seconds that the uncertainty of a clock may grow in a trial without a word. */
const unnoticed = 0.0005;

/** Fits the clocks of hosts anew. @returns how far off their stamps may be, in seconds, by name */
export async function uncertainties(hosts: readonly Host[]): Promise<Map<string, number>> {
  const found = await Promise.all(
    hosts.map(async ({ name, clock }): Promise<[string, number]> => {
      await clock.refit();
      return [name, clock.uncertainty];
    }),
  );
  return new Map(found);
}

/** The hosts whose stamps have become less certain in a trial, in sentences. */
export function clockWarnings(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...after].flatMap(([name, now]) => {
    const then = before.get(name) ?? 0;
    if (now <= Math.max(2 * then, then + unnoticed)) return [];
    return `stamps of ${name} became less certain: ±${milliseconds(then)} before, ±${milliseconds(now)} after`;
  });
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toPrecision(2)} ms`;
}
