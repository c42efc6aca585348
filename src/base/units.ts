const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
};

/** `64MiB`, `1.5 GB` or a plain number of bytes → bytes; undefined if it is none of them. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(text, byteUnits, 'B');
}

/** `250ms`, `2h`, `3m` or a plain number of seconds → seconds; undefined if it is none of them. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, durationUnits, 's');
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  plain: string,
): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  if (!match) return undefined;
  const [, digits = '', name = ''] = match;
  const unit = name === '' ? units[plain] : Object.hasOwn(units, name) ? units[name] : undefined;
  return unit === undefined ? undefined : Number(digits) * unit;
}

/** Bytes in binary units with three digits at most: `1.1 GiB`, `160 MiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(
    Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)),
    names.length - 1,
  );
  const value = bytes / 2 ** (10 * power);
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${names[power] ?? 'B'}`;
}
