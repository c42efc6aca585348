import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTrials } from './read-trials.ts';
import { exampleSample, exampleTrial } from './run-folder.example.ts';
import { TrialLog } from './trial-log.ts';
import { wholeLines } from './whole-lines.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

it('appends to what is there', () => {
  for (const trial of [0, 1]) {
    const log = new TrialLog(folder);
    log.append(exampleTrial(trial), [exampleSample(trial)], [{ trial, event: 'e', at: 0 }]);
    log.close();
  }
  expect(readTrials(folder)).toEqual([exampleTrial(0), exampleTrial(1)]);
  expect(read('samples.ndjson').match(/\n/g)).toHaveLength(2);
  expect(read('events.ndjson').match(/\n/g)).toHaveLength(2);
});

it('records nothing of a trial of which one value cannot be recorded', () => {
  const log = new TrialLog(folder);
  expect(() => log.append(exampleTrial(0), [exampleSample(0), exampleSample(0, NaN)])).toThrow();
  log.append(exampleTrial(1), [exampleSample(1)]);
  log.close();
  expect(read('samples.ndjson')).toBe(`${JSON.stringify(exampleSample(1))}\n`);
});

it('takes a trial back for which there is no space, and keeps all earlier ones', () => {
  // A limit on the size of files stops a write in its middle, as a full disk does. The trial log
  // comes last and is the first to grow over the limit, when its samples are written already.
  const script = `
    import { TrialLog } from ${JSON.stringify(join(import.meta.dirname, 'trial-log.ts'))};
    import { exampleSample, exampleTrial } from ${JSON.stringify(join(import.meta.dirname, 'run-folder.example.ts'))};
    const log = new TrialLog(${JSON.stringify(folder)});
    const reason = { message: 'x'.repeat(300) };
    for (let trial = 0; ; trial++) {
      try {
        log.append({ ...exampleTrial(trial, 'failed'), reason }, [exampleSample(trial)]);
      } catch (error) {
        console.log(trial, error.code);
        break;
      }
    }`;
  const out = execFileSync(
    'bash',
    ['-c', 'ulimit -f 8; exec "$0" --import tsx --input-type=module -e "$1"', process.execPath, script],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  const [, recorded = ''] = /^(\d+) EFBIG$/.exec(out.trim()) ?? [];
  const numbers = Array.from({ length: Number(recorded) }, (_, index) => index);
  expect(numbers.length).toBeGreaterThan(10);
  expect(readTrials(folder).map(({ trial }) => trial)).toEqual(numbers);
  expect(read('trials.ndjson').endsWith('\n')).toBe(true);
  const samples = Array.from(wholeLines(join(folder, 'samples.ndjson')), ({ text }) => text);
  expect(samples).toEqual(numbers.map((trial) => JSON.stringify(exampleSample(trial))));
  expect(read('samples.ndjson').endsWith('\n')).toBe(true);
});
