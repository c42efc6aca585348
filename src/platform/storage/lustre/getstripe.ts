import { UserError } from '../../../base/errors.ts';
import { yamlPairs } from './yaml-pairs.ts';

/** One component of a file's layout, or of a directory's default. */
export interface FoundComponent {
  /** Bytes. */
  start: number;
  end: number | 'eof';
  /** `all`: a default that takes every target. */
  stripeCount: number | 'all';
  /** Bytes on one target before the next. */
  stripeSize: number;
  /** `raid0`, `mdt`, `raid0,overstriped`; undefined where a directory has no layout of its own. */
  pattern: string | undefined;
  pool: string | undefined;
  /** Indexes of the targets that hold its objects, in order; empty as long as it has none. */
  osts: number[];
}

/** A layout as Lustre tells it; one component for a plain one. */
export type FoundLayout = readonly [FoundComponent, ...FoundComponent[]];

type Fields = Map<string, string> & { osts?: number[] };

/**
 * Reads `lfs getstripe -y` of one file, or with `-d` of one directory. Progressive layouts are a list
 * `components:` in 2.17 and keys `component0:` in 2.15; both are understood.
 * @throws UserError if it is not the layout of one file
 */
export function parseGetstripe(text: string): FoundLayout {
  const components: Fields[] = [];
  let here: Fields | undefined;
  let plain = false;
  for (const [key, value] of yamlPairs(text)) {
    const name = key.replace(/^lmm_/, '');
    if (name === 'lcme_id' || (name === 'lcme_extent.e_start' && here?.has(name) === true)) {
      here = undefined;
    } else if (!isField(name)) {
      continue;
    }
    if (here === undefined) {
      if (plain) throw several(text);
      here = new Map<string, string>();
      components.push(here);
      plain = !name.startsWith('lcme_');
    }
    if (name === 'l_ost_idx') {
      if (/^\d+$/.test(value ?? '')) (here.osts ??= []).push(Number(value));
    } else if (value !== undefined && here.has(name)) throw several(text);
    else if (value !== undefined) here.set(name, value);
  }
  const [first, ...others] = components.map((fields, index) => componentOf(fields, index, text));
  if (first === undefined) throw unreadable(text, 'no stripe count');
  [first, ...others].reduce<FoundComponent['end']>((before, { start, end }) => {
    if (before === 'eof' || start !== before) throw several(text);
    return end;
  }, 0);
  return [first, ...others];
}

const fields = [
  ...['lcme_extent.e_start', 'lcme_extent.e_end', 'stripe_count', 'stripe_size'],
  ...['extension_size', 'pattern', 'pool', 'l_ost_idx'],
];

function isField(name: string): boolean {
  return fields.includes(name);
}

function componentOf(found: Fields, index: number, text: string): FoundComponent {
  const start = found.get('lcme_extent.e_start') ?? '0';
  const end = found.get('lcme_extent.e_end') ?? 'EOF';
  const count = found.get('stripe_count');
  const size = found.get('stripe_size') ?? found.get('extension_size');
  const figures = [start, end === 'EOF' ? '0' : end, count ?? '', size ?? ''];
  if (!figures.every((figure) => /^-?\d{1,19}$/.test(figure))) {
    throw unreadable(text, `no start, end, stripe count or stripe size of component ${index}`);
  }
  return {
    ...{ start: Number(start), end: end === 'EOF' ? 'eof' : Number(end) },
    // 65535 is -1 in 16 bits, as some versions print it.
    stripeCount: count === '-1' || count === '65535' ? 'all' : Number(count),
    stripeSize: Number(size),
    ...{ pattern: found.get('pattern'), pool: found.get('pool'), osts: found.osts ?? [] },
  };
}

function several(text: string): UserError {
  return unreadable(text, 'those of several, or mirrors');
}

function unreadable(text: string, found: string): UserError {
  const head = text.trim().split('\n').slice(0, 4).join(' | ').slice(0, 200);
  return new UserError({
    message: `lfs getstripe -y: expected the layout of one file, found ${found} in: ${head}`,
    remedy: 'Name files without mirrors; if this is a plain file, please report the text.',
  });
}
