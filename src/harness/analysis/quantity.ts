import { largest } from '../../base/stats/largest.ts';

/** Digits and prefix for a group of figures that stand together. */
interface Scale {
  /** Divide by it. */
  by: number;
  unit: string;
  decimals: number;
}

const seconds = [
  [1e-9, 'ns'],
  [1e-6, 'µs'],
  [1e-3, 'ms'],
  [1, 's'],
] as const;
const thousands = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const significant = 3;

/**
 * A figure with its unit for people: `3.42 s`, `83 ms`, `61.7 MB/s`, `12.3 k/s`, three digits.
 * @param value - in the metric's unit; infinite where a trial failed
 * @param worst - what an infinite value is called
 */
export function quantity(value: number, unit: string, worst = 'failed'): string {
  if (!Number.isFinite(value)) return worst;
  const scale = scaleFor(value, unit);
  return withUnit(digits(value, scale), scale.unit);
}

/** The same digits and unit for a figure and its interval: `3.42 s` and `3.31–3.58`. */
export function quantityWithInterval(
  value: number,
  interval: { low: number; high: number },
  unit: string,
  worst = 'failed',
): { value: string; interval: string } {
  if (!Number.isFinite(value)) {
    const ends = [interval.low, interval.high].map((end) => quantity(end, unit, worst));
    return { value: worst, interval: ends.join('–') };
  }
  // Of a median of zero the other end of the interval tells the digits.
  const telling = value === 0 && Number.isFinite(interval.high) ? interval.high : value;
  const scale = scaleFor(telling, unit, [value, interval.low, interval.high]);
  const ends = [interval.low, interval.high].map((end) =>
    Number.isFinite(end) ? digits(end, scale) : worst,
  );
  return { value: withUnit(digits(value, scale), scale.unit), interval: ends.join('–') };
}

/** Unit and divisor in which an axis over these values reads well. */
export function axisScale(values: readonly number[], unit: string): { by: number; unit: string } {
  const size = largest(values.filter(Number.isFinite).map(Math.abs));
  const { by, unit: shown } = scaleFor(Math.max(0, size), unit);
  return { by, unit: shown };
}

/** `0.59`; `12.4`; `0.997` where two decimals would hide the difference. */
export function ratioText(ratio: number, precise = false): string {
  if (!Number.isFinite(ratio)) return '∞';
  if (ratio === 0) return '0';
  if (ratio >= 100) return grouped(ratio.toFixed(0));
  if (ratio >= 10) return ratio.toFixed(1);
  if (ratio < 0.095) return ratio.toPrecision(2);
  return ratio.toFixed(precise ? 3 : 2);
}

/** `0.59, 0.55–0.63` with as many decimals as the interval's width needs. */
export function ratioWithInterval(ratio: number, low: number, high: number): string {
  // Also where a bound beside 1 would read as 1: whether the interval holds 1 is what it is read for.
  const hidden = [low, high].some((bound) => bound !== 1 && ratioText(bound) === '1.00');
  const precise = hidden || high - low < 0.02;
  return `${ratioText(ratio, precise)}, ${ratioText(low, precise)}–${ratioText(high, precise)}`;
}

/** `1 h 4 min`, `3 min 38 s`, `38 s`. */
export function durationText(total: number): string {
  if (total < 59.5) return total < 10 ? quantity(total, 's') : `${Math.round(total)} s`;
  const rounded = Math.round(total);
  const [hours, minutes, rest] = [
    Math.floor(rounded / 3600),
    Math.floor((rounded % 3600) / 60),
    rounded % 60,
  ];
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** Bytes in binary units: `128 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  // Of 1,000 to 1,023 three digits would be an exponent.
  const text = value < 999.5 ? value.toPrecision(significant) : value.toFixed(0);
  return `${Number.isInteger(value) ? value : text} ${units[unit] ?? ''}`;
}

/** `48`, `12,480`. */
export function countText(count: number): string {
  return grouped(String(count));
}

function grouped(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** @param all figures that get these digits */
function scaleFor(value: number, unit: string, all: readonly number[] = [value]): Scale {
  const size = Math.abs(value);
  const scaled = scaleOf(size, unit);
  const shown = size / scaled.by;
  // What rounds up to the next power of ten has its digits: 9.996 is 10.0.
  const whole = shown === 0 ? 1 : Math.floor(Math.log10(shown * 1.0005)) + 1;
  const count = unit === '' || unit === '1';
  const exact = count && all.filter(Number.isFinite).every(Number.isInteger);
  const decimals = exact || value === 0 ? 0 : Math.min(6, Math.max(0, significant - whole));
  return { ...scaled, decimals };
}

function scaleOf(size: number, unit: string): { by: number; unit: string } {
  if (unit === 's') {
    const [by, shown] =
      seconds.findLast(([least]) => size >= least * 0.9995) ??
      (size === 0 ? seconds[3] : seconds[0]);
    return { by, unit: shown };
  }
  if (unit === 'ratio' || unit === '1' || unit === '') return { by: 1, unit: '' };
  if (unit === 'B' || unit === 'B/s' || unit === '1/s') {
    let power = 0;
    while (size >= 1000 ** (power + 1) * 0.9995 && power < thousands.length - 1) power++;
    const name = unit === '1/s' ? '/s' : unit;
    return { by: 1000 ** power, unit: `${thousands[power] ?? ''}${name}` };
  }
  return { by: 1, unit };
}

function digits(value: number, { by, decimals }: Scale): string {
  if (value === 0) return '0';
  const text = (value / by).toFixed(decimals);
  const [whole = '', fraction] = text.split('.');
  const shown = whole.replace('-', '').length > 4 ? grouped(whole) : whole;
  return (fraction === undefined ? shown : `${shown}.${fraction}`).replace('-', '−');
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text} ${unit}`;
}
