import { UserError } from '../../base/errors.ts';
import type { Layout, LayoutComponent } from './layout.ts';

/** Lustre's granule: stripes and components end on it. */
export const stripeGranule = 64 * 1024;

/** What is wrong with a layout in text, and at which character, from 0. */
export interface LayoutFault {
  at: number;
  /** `expected …, got …` */
  message: string;
}

interface Word {
  text: string;
  at: number;
}

type Options = Partial<Omit<LayoutComponent, 'end'>>;

/**
 * Reads a layout in the words of `lfs setstripe`: `-E END [-c COUNT] [-S SIZE] [-p POOL]`, once for
 * each component, the last to `eof` or -1. COUNT is 1 to 2000, or -1 for all targets; sizes have
 * k, M, G or T. What a component leaves out it has from the one before, the first from the directory.
 */
export function readLayoutText(text: string): Layout | LayoutFault {
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ text: word, at: index }));
  const components: LayoutComponent[] = [];
  let position = 0;
  const end = text.trimEnd().length;
  while (position < words.length) {
    const flag = words[position];
    if (flag?.text !== '-E') return unexpected('-E', flag, end);
    const last = components.at(-1);
    const extent = readEnd(words[position + 1], end, last);
    if (typeof extent === 'object') return extent;
    position += 2;
    const options: Options = {};
    for (; position < words.length && words[position]?.text !== '-E'; position += 2) {
      const fault = readOption(options, words[position], words[position + 1], end);
      if (fault !== undefined) return fault;
    }
    const { stripeSize } = options;
    if (typeof stripeSize === 'number' && extent !== 'eof' && extent % stripeSize !== 0) {
      const message = `expected a component that ends on a multiple of its stripe size, got one to ${sizeText(extent)} with -S ${sizeText(stripeSize)}`;
      return { at: flag.at, message };
    }
    components.push({
      ...{ end: extent, stripeCount: 'inherit', stripeSize: 'inherit', pool: 'inherit' },
      ...options,
    });
  }
  const [first, ...others] = components;
  if (first === undefined) return unexpected('-E', undefined, end);
  if (components.at(-1)?.end !== 'eof') {
    return { at: end, message: 'expected a last component to eof (-E eof), got none' };
  }
  return [first, ...others];
}

/** @throws UserError that shows where the text is wrong */
export function parseLayoutText(text: string): Layout {
  const read = readLayoutText(text);
  if (!isFault(read)) return read;
  throw new UserError({
    message: `layout: ${read.message}`,
    excerpt: `  ${text.replace(/\s/g, ' ')}\n  ${' '.repeat(read.at)}^`,
    remedy: "Write it as for lfs setstripe, such as '-E 64M -c 1 -E eof -c -1'.",
  });
}

export function isFault(read: Layout | LayoutFault): read is LayoutFault {
  return 'message' in read;
}

/** The layout as `parseLayoutText` reads it. */
export function layoutText(layout: Layout): string {
  return layout
    .map((component) => ['-E', endText(component.end), ...optionWords(component)].join(' '))
    .join(' ');
}

/** `-c 4 -S 1M`, for `lfs setstripe` and for people; empty where all is inherited. */
export function optionWords({ stripeCount, stripeSize, pool }: LayoutComponent): string[] {
  return [
    ...(stripeCount === 'inherit' ? [] : ['-c', stripeCount === 'all' ? '-1' : `${stripeCount}`]),
    ...(stripeSize === 'inherit' ? [] : ['-S', sizeText(stripeSize)]),
    ...(pool === 'inherit' ? [] : ['-p', pool]),
  ];
}

export function endText(end: LayoutComponent['end']): string {
  return end === 'eof' ? 'eof' : sizeText(end);
}

const units = ['', 'k', 'M', 'G', 'T'];

/** 1048576 → 1M, with the largest unit that divides it. */
export function sizeText(bytes: number): string {
  const power = units.findLastIndex((_, power) => bytes % 1024 ** power === 0);
  return `${bytes / 1024 ** power}${units[power] ?? ''}`;
}

function readEnd(
  word: Word | undefined,
  end: number,
  before: LayoutComponent | undefined,
): LayoutComponent['end'] | LayoutFault {
  if (before?.end === 'eof' && word !== undefined) {
    return { at: word.at, message: 'expected no component behind that to eof, got one' };
  }
  const wanted = 'the end of a component, a size such as 64M or eof,';
  if (word === undefined) return unexpected(wanted, word, end);
  if (/^(eof|-1)$/i.test(word.text)) return 'eof';
  const size = readSize(word, wanted, end);
  if (typeof size === 'object') return size;
  if (before !== undefined && before.end !== 'eof' && size <= before.end) {
    const message = `expected an end behind that of the component before, ${sizeText(before.end)}, got ${word.text}`;
    return { at: word.at, message };
  }
  return size;
}

function readOption(
  options: Options,
  flag: Word | undefined,
  value: Word | undefined,
  end: number,
): LayoutFault | undefined {
  const name = flag && optionNames[flag.text];
  if (flag === undefined || name === undefined) return unexpected('-E, -c, -S or -p', flag, end);
  if (options[name] !== undefined) {
    return { at: flag.at, message: `expected ${flag.text} once in a component, got it again` };
  }
  if (name === 'stripeSize') {
    const size = readSize(value, 'a stripe size such as 1M', end);
    if (typeof size === 'object') return size;
    options.stripeSize = size;
  } else if (name === 'stripeCount') {
    const count = Number(value?.text);
    if (!/^(-1|\d+)$/.test(value?.text ?? '') || count === 0 || count > 2000) {
      return unexpected('a stripe count of 1 to 2000, or -1 for all targets,', value, end);
    }
    options.stripeCount = count === -1 ? 'all' : count;
  } else {
    // Lustre's own limits: 15 characters, none of them special.
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(value?.text ?? '')) {
      return unexpected('the name of a pool', value, end);
    }
    options.pool = value?.text ?? '';
  }
  return undefined;
}

const optionNames: Readonly<Record<string, keyof Options | undefined>> = Object.assign(
  Object.create(null) as Record<string, keyof Options | undefined>,
  { '-c': 'stripeCount', '-S': 'stripeSize', '-p': 'pool' } as const,
);

function readSize(word: Word | undefined, wanted: string, end: number): number | LayoutFault {
  const [, digits = '', unit = ''] = /^(\d+)([kMGT]?)$/i.exec(word?.text ?? '') ?? [];
  const power = units.findIndex((each) => each.toLowerCase() === unit.toLowerCase());
  const bytes = Number(digits) * 1024 ** power;
  if (word === undefined || digits === '' || bytes === 0 || !Number.isSafeInteger(bytes)) {
    return unexpected(wanted, word, end);
  }
  if (bytes % stripeGranule !== 0) {
    return { at: word.at, message: `expected a multiple of 64k, got ${word.text}` };
  }
  return bytes;
}

function unexpected(expected: string, word: Word | undefined, end: number): LayoutFault {
  const got = word === undefined ? 'the end of the text' : JSON.stringify(word.text);
  return { at: word?.at ?? end, message: `expected ${expected.replace(/,?$/, ',')} got ${got}` };
}
