import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expandNodeList } from './node-list.ts';

const hasScontrol = spawnSync('scontrol', ['--version']).error === undefined;

describe('expandNodeList', () => {
  it.each([
    ['vm', ['vm']],
    ['node[01-03,07],gpu1', ['node01', 'node02', 'node03', 'node07', 'gpu1']],
    ['n[9-11]', ['n9', 'n10', 'n11']],
    ['n[098-101]', ['n098', 'n099', 'n100', 'n101']],
    ['a[1-2]b[3,5]-ib', ['a1b3-ib', 'a1b5-ib', 'a2b3-ib', 'a2b5-ib']],
    ['x1,x1', ['x1']],
  ])('%s', (text, names) => {
    expect(expandNodeList(text)).toEqual(names);
  });

  it.each([
    ...['', ',', 'a,', 'a[', 'a[]', 'a[1', 'a]1', 'a[1-]', 'a[-1]', 'a[3-1]', 'a[1,]', 'a[b]'],
    ...['a[1-[2-3]]', '-a b', 'a[1-9999999]', 'a[0-999]b[0-999]', '$(id)'],
  ])('refuses %j', (text) => {
    expect(expandNodeList(text)).toBeUndefined();
  });

  const range = fc
    .record({
      low: fc.nat(120),
      more: fc.option(fc.nat(12), { nil: undefined }),
      width: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ low, more, width }) => {
      const pad = (number: number) => String(number).padStart(width, '0');
      return more === undefined ? pad(low) : `${pad(low)}-${pad(low + more)}`;
    });
  const word = fc.stringMatching(/^[a-z][a-z]{0,4}$/);
  const brackets = fc
    .array(range, { minLength: 1, maxLength: 3 })
    .map((ranges) => `[${ranges.join(',')}]`);
  // Nothing behind the last brackets: scontrol 22.05 refuses that.
  const item = fc
    .tuple(word, fc.array(brackets, { maxLength: 2 }))
    .map(([name, groups]) => `${name}${groups.join('-x')}`);
  const lists = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));

  it('prop_NamesAreDistinctAndWithoutBrackets', () => {
    fc.assert(
      fc.property(lists, (text) => {
        const names = expandNodeList(text) ?? [];
        expect(names.length).toBeGreaterThan(0);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
        expect(expandNodeList(names.join(','))).toEqual(names);
      }),
    );
  });

  it.skipIf(!hasScontrol)('prop_AgreesWithScontrol (needs slurm-client)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtgauge-slurm-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const configuration = join(folder, 'slurm.conf');
    writeFileSync(configuration, 'ClusterName=x\nSlurmctldHost=x(127.0.0.1)\n');
    fc.assert(
      fc.property(lists, (text) => {
        const { stdout } = spawnSync('scontrol', ['show', 'hostnames', text], {
          encoding: 'utf8',
          env: { ...process.env, SLURM_CONF: configuration },
        });
        const theirs = new Set(stdout.split('\n').filter((line) => line !== ''));
        expect(new Set(expandNodeList(text))).toEqual(theirs);
      }),
      { numRuns: 40 },
    );
  });
});
