import { describe, expect, it } from 'vitest';
import { parseLayoutText } from '../layout-text.ts';
import type { Layout } from '../layout.ts';
import { client } from './client-script.example.ts';
import { fixture } from './fixture.example.ts';
import { lustreLayouts, setstripeWords } from './layouts.ts';
import { scriptedShell, silent, type Script } from './scripted-shell.example.ts';

const directory = '/mnt/lustre/vg';
const MiB = 2 ** 20;
const plain = (stripeCount: number | 'all', rest: Partial<Layout[0]> = {}): Layout => [
  { end: 'eof', stripeCount, stripeSize: 'inherit', pool: 'inherit', ...rest },
];
const set = (layout: Layout, changes: Script = {}) => {
  const shell = scriptedShell({ 'lfs setstripe': '', ...changes, ...client, ...changes });
  return lustreLayouts.set(shell, directory, layout).then(() => shell.lines);
};
/** What a directory and a file in it say after `lfs setstripe`. */
const got = (ofDirectory: string, ofFile: string): Script => ({
  'getstripe -d': ofDirectory,
  'getstripe -y': ofFile,
});
const twoOfOneMiB = got(fixture('2.17/getstripe-dir-y'), fixture('2.17/getstripe-raw-y'));

it.each<[Layout, string]>([
  [plain(4), '-c 4'],
  [plain('all', { stripeSize: MiB, pool: 'flash' }), '-c -1 -S 1M -p flash'],
  [parseLayoutText('-E 64M -c 1 -E eof -c -1'), '-E 64M -c 1 -E eof -c -1'],
])('sets %j by its words', (layout, words) => {
  expect(setstripeWords(layout).join(' ')).toBe(words);
});

describe('set', () => {
  it('proves the layout by a file, and removes that', async () => {
    const lines = await set(plain(2, { stripeSize: MiB }), twoOfOneMiB);
    expect(lines).toContain(`lfs setstripe -c 2 -S 1M ${directory}`);
    expect(lines.at(-1)).toBe(`rm -f -- ${directory}/layout-probe`);
    expect(lines.some((line) => line.startsWith('dd if=/dev/zero'))).toBe(true);
  });

  it('leaves a directory alone of which nothing is asked', async () => {
    expect(await set(plain('all', { stripeCount: 'inherit' }))).toEqual([]);
  });

  it('writes to each component of a progressive layout', async () => {
    const found = fixture('2.15/getstripe-pfl-y').replace(
      'lmm_stripe_count:  -1',
      'lmm_stripe_count:  2',
    );
    const layout = parseLayoutText('-E 64M -c 1 -S 1M -E 1G -c 2 -E eof -c 2');
    const lines = await set(layout, got(fixture('2.15/getstripe-pfl-y'), found));
    const seeks = lines.flatMap((line) => /seek=(\d+)/.exec(line)?.[1] ?? []);
    expect(seeks).toEqual(['0', '1024', '16384']);
  });

  it.each<[string, Layout, Script, string]>([
    [
      'fewer stripes than asked for',
      plain(5),
      got(fixture('2.17/getstripe-dir-y').replace('2\n', '5\n'), fixture('2.17/getstripe-raw-y')),
      '/mnt/lustre/vg: expected files with the layout -E eof -c 5: asked for 5 stripes, got 2, where there are 2 to use',
    ],
    [
      'all targets, and one of them not used',
      plain('all'),
      got(fixture('2.17/getstripe-dir-y').replace('2\n', '-1\n'), fixture('2.17/getstripe-f1-y')),
      'asked for 2 stripes, got 1',
    ],
    ['a directory that kept its layout', plain(1), twoOfOneMiB, 'asked for 1 stripes, got 2'],
    [
      'another stripe size',
      plain(2, { stripeSize: 4 * MiB }),
      twoOfOneMiB,
      'asked for stripes of 4M, got 1M',
    ],
    [
      'other components',
      parseLayoutText('-E 64M -c 1 -E eof -c 2'),
      got(fixture('2.17/getstripe-pfl-y'), fixture('2.17/getstripe-pfl-y')),
      'asked for components to 64M, eof, got components to 4M, eof',
    ],
    [
      'a pool that is not there',
      plain(1, { pool: 'nopool' }),
      {
        'lfs setstripe': { code: 22, stderr: fixture('2.17/setstripe-bad-pool.stderr') },
        'lfs pool_list lustre': 'Pools from lustre:\nlustre.flash\nlustre.disk\n',
      },
      'expected to set the layout -E eof -c 1 -p nopool: no pool nopool in lustre, there are flash, disk',
    ],
    [
      'a directory that is not on Lustre',
      plain(2),
      { 'lfs setstripe': { code: 25, stderr: fixture('2.17/setstripe-nonlustre-dir.stderr') } },
      'this is not on Lustre',
    ],
    [
      'a directory of somebody else',
      plain(2),
      { 'lfs setstripe': { code: 13, stderr: fixture('2.17/setstripe-unpriv.stderr') } },
      'not permitted',
    ],
    [
      'a file',
      plain(2),
      { 'lfs setstripe': { code: 17, stderr: fixture('2.17/setstripe-exists.stderr') } },
      'it has one that cannot be changed',
    ],
    [
      'what Lustre calls invalid',
      plain(2),
      { 'lfs setstripe': { code: 22, stderr: fixture('2.17/setstripe-bad-ost.stderr') } },
      'Invalid argument',
    ],
    [
      'a full target',
      plain(2),
      {
        ...twoOfOneMiB,
        'dd if=/dev/zero': { code: 1, stderr: 'dd: error writing: No space left on device' },
      },
      'and to write under it: dd: error writing: No space left on device',
    ],
    ['a mount that does not answer', plain(2), { 'lfs setstripe': silent }, 'did not within'],
    [
      'a host without lfs',
      plain(2),
      { 'lfs setstripe': { code: 127, stderr: '' } },
      'lfs is missing',
    ],
    [
      'a layout that cannot be read back',
      plain(2),
      { 'getstripe -d': { code: 1, stderr: 'lfs: no\n' } },
      'expected a layout that can be read back by lfs getstripe: lfs: no',
    ],
  ])('refuses %s', async (_, layout, changes, message) => {
    await expect(set(layout, changes)).rejects.toThrow(message);
  });
});

describe('difference', () => {
  const differenceOf = (found: string, layout: Layout) =>
    lustreLayouts.difference(
      scriptedShell({ 'getstripe -y': found, ...client }),
      `${directory}/disk`,
      layout,
    );

  it('is none where a file has what was asked for', async () => {
    expect(await differenceOf(fixture('2.17/getstripe-raw-y'), plain('all'))).toBeUndefined();
    const pfl = parseLayoutText('-E 4M -c 1 -E eof -c -1');
    expect(await differenceOf(fixture('2.17/getstripe-pfl-y'), pfl)).toBeUndefined();
    const inherited = plain('all', { stripeCount: 'inherit' });
    expect(await differenceOf(fixture('2.17/getstripe-pfl-y'), inherited)).toBeUndefined();
  });

  it('is told by component', async () => {
    const layout = parseLayoutText('-E 4M -c 2 -S 1M -E eof -p flash');
    expect(await differenceOf(fixture('2.17/getstripe-pfl-y'), layout)).toBe(
      'component 1: asked for 2 stripes, got 1, where there are 2 to use; ' +
        'component 1: asked for stripes of 1M, got 4M; component 2: asked for pool flash, got none',
    );
  });
});
