/** A quota of space as `lfs quota` prints it; bytes. */
export interface Quota {
  used: number;
  /** 0: none. */
  soft: number;
  /** 0: none. */
  hard: number;
  /** Set while the soft limit is exceeded: `6d23h`; `none` or `expired` when that may not go on. */
  grace: string | undefined;
  /** Some servers did not tell: the figures are no more than a lower bound. */
  inaccurate: boolean;
}

const figure = String.raw`(\[?\d+(?:\.\d+)?[kMGTPE]?\]?\*?)`;
const columns = new RegExp(
  String.raw`(?:^|\s)${figure}\s+${figure}\s+${figure}\s+(\S+)\s+\[?\d+\]?\*?\s+\[?\d+\]?\s+\[?\d+\]?\s+\S+\s*$`,
  'm',
);

/**
 * Reads `lfs quota -u|-g|-p ID PATH`, also where a long path stands in a line of its own. The columns
 * of limits are called `quota limit` up to 2.15, `bquota blimit` later: they are taken by their place.
 * @returns undefined where there is no line of figures
 */
export function parseQuota(text: string): Quota | undefined {
  const [line, used, soft, hard, grace] = columns.exec(text) ?? [];
  if (line === undefined) return undefined;
  return {
    ...{ used: bytes(used), soft: bytes(soft), hard: bytes(hard) },
    grace: grace === '-' ? undefined : grace,
    inaccurate: line.includes('['),
  };
}

/**
 * Bytes that it lets be written; Infinity where it sets no limit. Above a soft limit any number may
 * be written until the grace has passed.
 */
export function quotaLeft({ used, soft, hard, grace }: Quota): number {
  if (grace === 'none' || grace === 'expired') return 0;
  const limit = hard > 0 ? hard : soft > 0 && grace === undefined ? soft : Infinity;
  return Math.max(0, limit - used);
}

const units = ['k', 'M', 'G', 'T', 'P', 'E'];

/** Without a unit in KiB. */
function bytes(text = ''): number {
  const [, digits = '0', unit = 'k'] = /(\d+(?:\.\d+)?)([kMGTPE]?)/.exec(text) ?? [];
  return Math.round(Number(digits) * 1024 ** (units.indexOf(unit === '' ? 'k' : unit) + 1));
}

/** The project of a directory, as `lfs project -d` prints it; undefined for none. */
export function parseProject(text: string): number | undefined {
  const id = Number(/^\s*(\d+)\s+\S+\s+\//m.exec(text)?.[1] ?? 0);
  return id === 0 ? undefined : id;
}
