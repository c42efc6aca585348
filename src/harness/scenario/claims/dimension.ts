/** Powers of seconds and bytes: `B/s` is { s: −1, bytes: 1 }. Counts and shares have none. */
export interface Dimension {
  s: number;
  bytes: number;
}

const plain: Dimension = { s: 0, bytes: 0 };

const named: Readonly<Record<string, Dimension>> = {
  s: { s: 1, bytes: 0 },
  B: { s: 0, bytes: 1 },
  'B/s': { s: -1, bytes: 1 },
  '1/s': { s: -1, bytes: 0 },
};

/** Of a metric's unit: `s`, `B`, `B/s`, `1/s`; all others count or share something. */
export function dimensionOf(unit: string): Dimension {
  return Object.hasOwn(named, unit) ? (named[unit] ?? plain) : plain;
}

const bytes = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const;

/** Units that a number may have: what to multiply it by, and the unit that it has then. */
export const numberUnits: ReadonlyMap<string, { by: number; unit: string }> = new Map([
  ...Object.entries({ ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 }).map(
    ([name, by]) => [name, { by, unit: 's' }] as const,
  ),
  ...Object.entries(bytes).map(([name, by]) => [`${name}/s`, { by, unit: 'B/s' }] as const),
  ...Object.entries(bytes).map(([name, by]) => [name, { by, unit: 'B' }] as const),
  ['/s', { by: 1, unit: '1/s' }],
  ['%', { by: 0.01, unit: '' }],
  ['', { by: 1, unit: '' }],
]);

export function times(a: Dimension, b: Dimension, power: 1 | -1): Dimension {
  return { s: a.s + power * b.s, bytes: a.bytes + power * b.bytes };
}

export function sameDimension(a: Dimension, b: Dimension): boolean {
  return a.s === b.s && a.bytes === b.bytes;
}

/** `seconds`, `bytes/second`, `a plain number`. */
export function dimensionText({ s, bytes: size }: Dimension): string {
  const power = (name: string, exponent: number) => (exponent === 1 ? name : `${name}^${exponent}`);
  const over = [
    ...(size > 0 ? [power('bytes', size)] : []),
    ...(s > 0 ? [power('seconds', s)] : []),
  ].join('·');
  const under = [
    ...(size < 0 ? [power('byte', -size)] : []),
    ...(s < 0 ? [power('second', -s)] : []),
  ].join('·');
  if (over === '' && under === '') return 'a plain number';
  return under === '' ? over : `${over || '1'}/${under}`;
}
