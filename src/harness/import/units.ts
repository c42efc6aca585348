/** Name → by what to multiply and by what to divide: a decimal stays the nearest one. */
type Units = Readonly<Record<string, readonly [times: number, over: number]>>;

const bytes: Units = {
  B: [1, 1],
  kB: [1e3, 1],
  MB: [1e6, 1],
  GB: [1e9, 1],
  KiB: [2 ** 10, 1],
  MiB: [2 ** 20, 1],
  GiB: [2 ** 30, 1],
};

const units: Readonly<Record<string, Units>> = {
  s: { s: [1, 1], ms: [1, 1e3], us: [1, 1e6], µs: [1, 1e6], ns: [1, 1e9], min: [60, 1] },
  B: bytes,
  'B/s': {
    ...Object.fromEntries(Object.entries(bytes).map(([name, by]) => [`${name}/s`, by])),
    'Mbit/s': [1e6, 8],
    'Gbit/s': [1e9, 8],
  },
  '1/s': { '1/s': [1, 1], IOPS: [1, 1] },
  ratio: { ratio: [1, 1], '%': [1, 100] },
};

/** Units in which figures of a metric's unit may be given, that one first. */
export function unitsFor(metricUnit: string): string[] {
  return Object.hasOwn(units, metricUnit) ? Object.keys(units[metricUnit] ?? {}) : [metricUnit];
}

/** A value in the metric's own unit; undefined if it cannot be given in this one. */
export function inUnit(value: number, unit: string, metricUnit: string): number | undefined {
  if (unit === metricUnit) return value;
  const known = units[metricUnit] ?? {};
  const [times, over] = (Object.hasOwn(known, unit) ? known[unit] : undefined) ?? [];
  return times === undefined || over === undefined ? undefined : (value * times) / over;
}
