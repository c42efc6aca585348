import { targetName } from './target-name.ts';

/** One target as `lfs df` shows it. */
export interface TargetUse {
  /** `lustre-OST0001` */
  name: string;
  kind: 'MDT' | 'OST';
  index: number;
  /** Bytes. */
  total: number;
  /** Bytes that an ordinary user may still write. */
  free: number;
  /** D degraded, R read-only, N no new objects, S out of space, I out of inodes, f flash. */
  flags: string;
}

/** `lfs df -v` of one file system. */
export interface FileSystemUse {
  targets: TargetUse[];
  /** Targets without figures, and why: `inactive device`, `Resource temporarily unavailable`. */
  unreachable: { name: string; why: string }[];
}

const row = /^(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(?:\d+%|-)\s+.*\[(MDT|OST):(\d+)\]\s*([A-Za-z]*)\s*$/;
const failed = /^(\S*?(?:MDT|OST)[0-9a-f]{4,}(?:_UUID)?)\s*:\s*(\S.*?)\s*$/i;

/**
 * Reads `lfs df -v` in blocks of 1 KiB; other lines are skipped.
 * @param fsname completes names that `lfs df` prints without it
 */
export function parseDf(text: string, fsname: string): FileSystemUse {
  const use: FileSystemUse = { targets: [], unreachable: [] };
  for (const line of text.split('\n')) {
    const [, uuid = '', total, , free, kind, index, flags = ''] = row.exec(line) ?? [];
    if (uuid !== '' && (kind === 'MDT' || kind === 'OST')) {
      const name = targetName(uuid, fsname);
      const bytes = { total: Number(total) * 1024, free: Number(free) * 1024 };
      use.targets.push({ name, kind, index: Number(index), ...bytes, flags });
      continue;
    }
    const [, name = '', why = ''] = failed.exec(line) ?? [];
    if (name !== '') use.unreachable.push({ name: targetName(name, fsname), why });
  }
  return use;
}
