import { readFileSync } from 'node:fs';

/** What a real Xen host printed; see fixtures/README.md. */
export function fixture(name: string, version = '4.17'): string {
  return readFileSync(new URL(`fixtures/${version}/${name}`, import.meta.url), 'utf8');
}
