import { expect, it } from 'vitest';
import type { ObserverError } from '../../harness/observe/calibration/summary.ts';
import { calibrationText } from './text.ts';

const about = {
  environment: {
    accelerator: { name: 'tcg', emulated: true, why: 'faster' },
    ...{ versions: {}, storages: {} },
  },
  ...{ on: 'h1', watchedFrom: 'h2', warnings: [], pauses: [0.02, 2], times: 3 },
};
const few: ObserverError = {
  ...{ kind: 'stop' as const, observer: 'network' as const, n: 3 },
  ...{ bias: -0.0012, middle: 0.0013, spread: 0.0249, resolution: 0.001, floor: 0.0035 },
};
const network = { ...few, n: 6, interval: { low: -0.002, high: 0.0001 } };

it('prints a line for each observer, in milliseconds, and what it was made with', () => {
  const text = calibrationText([network], { ...about, standIn: 'namespaces of one machine' });
  const lines = text.split('\n');
  expect(lines[0]).toBe(
    'known pauses of 20, 2000 ms, each 3 times; guest on h1, watched from h2; under tcg (emulated); hosts are namespaces of one machine',
  );
  expect(lines[3]).toMatch(
    /^CPUs held +network +6 +−1\.20 +−2\.00 to \+0\.10 +1\.30 +24\.9 +1\.00 +3\.50$/,
  );
  expect(text).not.toContain('no link was cut');
});

it('says what was not done, and what is too little', () => {
  const text = calibrationText([few], { ...about, notCut: 'it has none' });
  expect(text).toContain('no link was cut: it has none');
  expect(text).toContain('more by --times');
});
