import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tokenFile } from './kinds/directory.ts';
import { removeAll } from './removal.ts';
import type { Resource } from './resource.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-removal-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const directory = (name: string): Resource => ({
  kind: 'directory',
  path: join(folder, name),
  token: '0'.repeat(16),
});
const entries = (...resources: Resource[]) => resources.map((resource) => ({ resource }));

it('goes by kind, and within a kind backwards', async () => {
  const resources: Resource[] = [
    { kind: 'processes', mark: 'no-such-mark' },
    directory('a'),
    { kind: 'processes', mark: 'no-other-mark' },
    directory('b'),
  ];
  const gone: Resource[] = [];
  await removeAll(entries(...resources), ({ resource }) => gone.push(resource));
  const [first, a, second, b] = resources;
  expect(gone).toEqual([second, first, b, a]);
});

it('goes on after a failure, reports it, and adds up the rest', async () => {
  for (const name of ['a', 'b', 'c']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'a', tokenFile), '0'.repeat(16));
  writeFileSync(join(folder, 'a', 'disk.raw'), '');
  writeFileSync(join(folder, 'b', 'thesis.tex'), '');
  const gone: Resource[] = [];
  const removal = await removeAll(
    entries(directory('a'), directory('b'), directory('c')),
    ({ resource }) => gone.push(resource),
  );
  expect(removal.removed).toEqual([
    { what: 'work folder', count: 2 },
    { what: 'disk image', count: 1 },
  ]);
  expect(removal.failures).toEqual([
    { what: join(folder, 'b'), reason: expect.stringContaining('it is not empty') as string },
  ]);
  expect(gone).toHaveLength(2);
});
