import type { Middle } from '../middle.ts';
import { quantity, quantityWithInterval } from '../quantity.ts';
import type { Calibration } from './calibration.ts';

/** `+0.3 ± 0.7 ms`: bias and spread. */
export function calibrationText({ bias, spread }: Calibration): string {
  const milliseconds = Math.max(Math.abs(bias), spread) * 1000;
  const decimals = milliseconds < 0.1 ? 3 : milliseconds < 10 ? 1 : 0;
  const digits = (value: number) => (Math.abs(value) * 1000).toFixed(decimals);
  const sign = Number(digits(bias)) === 0 ? '' : bias > 0 ? '+' : '−';
  return `${sign}${digits(bias)} ± ${digits(spread)} ms`;
}

/** `14 %`, `0.4 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent < 1 ? percent.toPrecision(1) : percent.toFixed(0)} %`;
}

/** `9.20 ms`, `none`. */
export function floorText(floor: number): string {
  return floor === 0 ? 'none' : quantity(floor, 's');
}

/** `12.3 ms`; `no answer` where too few requests got one. */
export function latencyText(latency: Middle | undefined): string {
  return latency === undefined ? '–' : quantity(latency.median, 's', 'no answer');
}

/** `11.9–12.8`, `no interval`. */
export function latencyInterval(latency: Middle | undefined): string {
  if (latency?.interval === undefined) return latency === undefined ? '' : 'no interval';
  return quantityWithInterval(latency.median, latency.interval, 's', '∞').interval;
}
