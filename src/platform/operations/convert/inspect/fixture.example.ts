import { readFileSync } from 'node:fs';

/** What a tool printed; see fixtures/README.md. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}
