import { parseBytes } from './units.ts';

const factors = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const;

/**
 * Reads a rate as bytes (`100MiB`, `100MiB/s`) or, as network people write it, bits (`1Gbit`) a second.
 * @returns bytes a second; undefined if it is none
 */
export function parseRate(text: string): number | undefined {
  const bits = /^(\d+(?:\.\d+)?) ?([kMG]?)bit(?:\/s)?$/.exec(text);
  if (bits === null) return parseBytes(text.replace(/\/s$/, ''));
  const [, number, prefix] = bits;
  return (Number(number) * factors[prefix as keyof typeof factors]) / 8;
}

/** Bytes a second as bits a second: `100 Mbit/s`. */
export function formatBitRate(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  const [prefix, factor] =
    (['G', 'M', 'k'] as const)
      .map((one) => [one, factors[one]] as const)
      .find(([, limit]) => bits >= limit) ?? (['', 1] as const);
  return `${Number((bits / factor).toPrecision(4))} ${prefix}bit/s`;
}
