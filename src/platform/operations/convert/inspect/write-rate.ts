import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

/** What the machine wrote to one of its disks while it was watched. */
export interface WriteRate {
  /** `/dev/vda` */
  disk: string;
  /** Bytes a second. */
  rate: number;
  /** Seconds. */
  watched: number;
}

const once = `cut -d' ' -f1 /proc/uptime
for file in /sys/block/*/stat; do echo "$file $(cat "$file")"; done`;

/** Watches all disks for some seconds. */
export async function readWriteRates(
  shell: Shell,
  seconds: number,
  signal?: AbortSignal,
): Promise<WriteRate[]> {
  const script = `${once}; ${separate}; sleep "$1"; ${once}`;
  const args = [String(seconds)];
  return parseWriteRates(await look(shell, script, { args, timeout: seconds + 60, signal }));
}

/** Of `/sys/block/*` + `/stat`, whatever the disk's own (Linux, Documentation/block/stat.rst). */
const sectorBytes = 512;

/** @param text twice the seconds since boot, then `/sys/block/NAME/stat` and its fields a line */
export function parseWriteRates(text: string): WriteRate[] {
  const [before, after] = partsOf(text).map(countersIn);
  if (before === undefined || after === undefined) return [];
  const watched = after.at - before.at;
  if (!(watched > 0)) return [];
  return [...after.written].flatMap(([name, sectors]) => {
    const first = before.written.get(name);
    // A disk that was taken away and came back counts from 0 again.
    if (first === undefined || sectors < first) return [];
    const rate = ((sectors - first) * sectorBytes) / watched;
    return [{ disk: `/dev/${name.replaceAll('!', '/')}`, rate, watched }];
  });
}

function countersIn(text: string): { at: number; written: Map<string, number> } {
  const [at = '', ...lines] = text.split('\n');
  const written = lines.flatMap((line): [string, number][] => {
    const [path = '', ...fields] = line.trim().split(/\s+/);
    const name = path.split('/').at(-2);
    // The seventh field: sectors written.
    const sectors = Number(fields[6]);
    return name === undefined || !Number.isFinite(sectors) ? [] : [[name, sectors]];
  });
  return { at: Number(at), written: new Map(written) };
}
