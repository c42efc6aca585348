import { readFileSync } from 'node:fs';

/** What a tool has printed: `2.17/lfs-df-v`. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8');
}
