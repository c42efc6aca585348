import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** Bytes. */
export interface Memory {
  total: number;
  /** What cannot be dropped. */
  used: number;
}

export async function readMemory(shell: Shell): Promise<Memory> {
  return parseMemory(await look(shell, 'cat /proc/meminfo'));
}

/** Reads `/proc/meminfo`; kernels before 3.14 do not tell what is available. */
export function parseMemory(text: string): Memory {
  const field = (name: string) => {
    const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  const total = field('MemTotal') ?? 0;
  const dropped = (field('MemFree') ?? 0) + (field('Buffers') ?? 0) + (field('Cached') ?? 0);
  return { total, used: Math.max(0, total - (field('MemAvailable') ?? dropped)) };
}
