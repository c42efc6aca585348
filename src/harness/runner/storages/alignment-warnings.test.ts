import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { alignmentWarnings } from './alignment-warnings.ts';
import { planBeds } from './plan-beds.ts';

const found = {
  ...{ filesystem: 'x', device: '1', free: 1, directIo: true, reflink: false },
  ...{ facts: {}, warnings: [], directAlignment: 4096 },
};
const jobs = [
  { name: 'small', bs: 512 },
  { name: 'page', bs: 4096 },
];
const beds = (cache: Levels['cache']) =>
  planBeds([{ ...levelsSchema.parse({ cache }), storage: 'a' }]);

it('names the jobs whose blocks are parts of what O_DIRECT takes', () => {
  expect(alignmentWarnings({ beds: beds('none'), jobs }, found)).toMatchObject([
    expect.stringMatching(/aligned to 4\.0 KiB.*small \(512 B\)/),
  ]);
});

it('says nothing of what goes through the page cache, of blocks that fit, or where nobody knows', () => {
  expect(alignmentWarnings({ beds: beds('writeback'), jobs }, found)).toEqual([]);
  expect(alignmentWarnings({ beds: beds('none'), jobs: jobs.slice(1) }, found)).toEqual([]);
  expect(alignmentWarnings({ beds: beds('none'), jobs }, undefined)).toEqual([]);
});
