import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseJobInfo, progressFigures, reportOf } from './job-info.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/${name}.txt`, import.meta.url), 'utf8');

it('reports what libvirt says of a migration that is done', () => {
  const info = parseJobInfo(fixture('domjobinfo-completed'));
  expect(reportOf(info, { info }, true)).toEqual({
    ...{ totalTime: 1.275, downtime: 0.144, setupTime: 0.001, transferred: 99531093, rounds: 3 },
    raw: { info },
  });
});

it('reports the same from the event that tells of its end', () => {
  const info = parseJobInfo(fixture('job-completed-event'));
  expect(reportOf(info, undefined, true)).toMatchObject({
    ...{ totalTime: 1.432, downtime: 0.005, setupTime: 0.001, transferred: 99268494, rounds: 2 },
  });
});

it('takes no downtime from a migration on its way: it is one that is expected', () => {
  const text = fixture('domjobinfo-running').replace('dirty_rate: 0', 'dirty_rate: 12');
  const info = parseJobInfo(text);
  expect(reportOf(info, undefined, false)).not.toHaveProperty('downtime');
  expect(progressFigures(info)).toEqual({
    ...{ transferred: 6305998, remaining: 261697536, dirtyRate: 12 * 4096 },
  });
});

it.each(['', 'Job type: 0\n\n\n', "error: failed to get domain 'x'\n", 'time_elapsed: soon\n'])(
  'finds nothing in %j',
  (text) => {
    const info = parseJobInfo(text);
    expect(info).toEqual({});
    expect(progressFigures(info)).toBeUndefined();
    expect(reportOf(info, 'raw', true)).toEqual({ raw: 'raw' });
  },
);

it('keeps figures that it does not know', () => {
  expect(parseJobInfo('some_new_figure: 7\n')).toEqual({ some_new_figure: 7 });
});
