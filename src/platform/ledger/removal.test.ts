import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeAll } from './removal.ts';
import type { Resource } from './resource.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-removal-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string): Resource => ({ kind: 'file', path: join(folder, name) });
const entries = (...resources: Resource[]) => resources.map((resource) => ({ resource }));

it('goes by kind, and within a kind backwards', async () => {
  const resources: Resource[] = [
    { kind: 'processes', mark: 'no-such-mark' },
    { kind: 'directory', path: join(folder, 'a'), token: '0'.repeat(16) },
    file('b'),
    { kind: 'directory', path: join(folder, 'c'), token: '0'.repeat(16) },
    file('d'),
  ];
  const gone: Resource[] = [];
  await removeAll(entries(...resources), ({ resource }) => gone.push(resource));
  const [mark, a, b, c, d] = resources;
  expect(gone).toEqual([mark, d, b, c, a]);
});

it('goes on after a failure, reports it, and adds up the rest', async () => {
  mkdirSync(join(folder, 'b'));
  for (const name of ['a', 'c', 'd.raw']) writeFileSync(join(folder, name), '');
  const gone: Resource[] = [];
  const removal = await removeAll(
    entries(file('a'), file('b'), file('c'), file('d.raw')),
    ({ resource }) => gone.push(resource),
  );
  expect(removal.removed).toEqual([
    { what: 'disk image', count: 1 },
    { what: 'file', count: 2 },
  ]);
  expect(removal.failures).toEqual([
    { what: join(folder, 'b'), reason: expect.stringContaining('expected a file') as string },
  ]);
  expect(gone).toHaveLength(3);
});
