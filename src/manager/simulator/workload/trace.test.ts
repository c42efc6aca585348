import { describe, expect, it } from 'vitest';
import type { UserError } from '../../../base/errors.ts';
import { readTrace, traceWorkload } from './trace.ts';

function problems(text: string): string[] {
  try {
    readTrace(text, 'load.csv');
    return [];
  } catch (error) {
    return (error as UserError).problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

describe('readTrace', () => {
  it('reads the changes of each guest, with either newline', () => {
    const trace = readTrace('time,guest,load\r\n0,a,0.5\r\n5,b,1\r\n7.5,a,0\r\n', 'load.csv');
    expect(trace.subjects).toEqual(['a', 'b']);
    expect(Array.from(trace.changes[0]?.at ?? [])).toEqual([0, 7.5]);
    expect(Array.from(trace.changes[0]?.load ?? [])).toEqual([0.5, 0]);
  });

  it.each([
    ['', ['load.csv:1:1: expected the header time,guest,load, got nothing']],
    ['time,load\n', ['load.csv:1:1: expected the header time,guest,load, got "time,load"']],
    ['time,guest,load\n', ['load.csv:2:1: expected at least one line behind the header, got none']],
    [
      'time,guest,load\n1,a,0.2\n2,a,0.',
      ['load.csv:3:7: expected a newline, got the end of the file'],
    ],
    ['time,guest,load\n1,a\n', ['load.csv:2:1: expected time,guest,load, got "1,a"']],
    [
      'time,guest,load\n-1,a,0.1\n1,web,much\n',
      [
        'load.csv:2:1: time: expected seconds from 0 on, got "-1"',
        'load.csv:3:7: load: expected a number from 0 on, got "much"',
      ],
    ],
    [
      'time,guest,load\n1,a,1e999\n',
      ['load.csv:2:5: load: expected a number from 0 on, got "1e999"'],
    ],
    [
      'time,guest,load\n5,a,1\n5,b,1\n5,a,2\n',
      ['load.csv:4:1: time: expected more than the 5 s of a before, got 5'],
    ],
  ])('says where %j is no trace', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('stops after twenty problems', () => {
    expect(problems(`time,guest,load\n${'x\n'.repeat(100)}`)).toHaveLength(20);
  });
});

describe('traceWorkload', () => {
  it('repeats the trace, in turn where there are more subjects', () => {
    const trace = readTrace('time,guest,load\n0,a,0.5\n4,b,1\n10,a,0\n', 'load.csv');
    const workload = traceWorkload(trace);
    const follow = (subject: number) => {
      const seen: [number, number][] = [];
      for (let now = 0; Number.isFinite(now); now += workload.wait(subject, now)) {
        seen.push([now, workload.level(subject, now)]);
      }
      return seen;
    };
    const a = [
      [0, 0.5],
      [10, 0],
    ];
    const b = [
      [0, 0],
      [4, 1],
    ];
    expect([0, 1, 2, 3].map(follow)).toEqual([a, b, a, b]);
  });
});
