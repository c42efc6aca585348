import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readTrials } from './read-trials.ts';
import { exampleRun, exampleSample, exampleTrial } from './run-folder.example.ts';
import { createRunFolder, openRunFolder } from './run-folder.ts';

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'virtgauge-results-'));
});
afterEach(() => rmSync(results, { recursive: true }));

const { id } = exampleRun;

/** A run folder with the given trials, one sample and one event each, closed. */
function runWith(trials: readonly number[]): string {
  const folder = createRunFolder({ results, id });
  folder.writeRun(exampleRun);
  for (const trial of trials) {
    const events = [{ trial, event: 'phase-end', at: 0 }];
    folder.appendTrial(exampleTrial(trial), [exampleSample(trial)], events);
  }
  folder.close();
  return folder.path;
}

const linesOf = (path: string, name: string) =>
  readFileSync(join(path, name), 'utf8').trimEnd().split('\n');

describe('a new run folder', () => {
  it('is named by the run, and never shared with another run', () => {
    const folders = [1, 2, 3].map(() => createRunFolder({ results: join(results, 'new'), id }));
    expect(folders.map((folder) => folder.id)).toEqual([id, `${id}-2`, `${id}-3`]);
    expect(readdirSync(join(results, 'new'))).toEqual([id, `${id}-2`, `${id}-3`]);
    for (const folder of folders) folder.close();
  });

  it('is exactly the one asked for', () => {
    const output = join(results, 'deep', 'down');
    const folder = createRunFolder({ output, id });
    expect([folder.id, folder.path]).toEqual([id, output]);
    folder.close();
  });

  it('may be empty but not hold anything', () => {
    const output = join(results, 'there');
    mkdirSync(output);
    createRunFolder({ output, id }).close();
    writeFileSync(join(output, 'thesis.tex'), '');
    expect(() => createRunFolder({ output, id })).toThrow(UserError);
    expect(readdirSync(output)).toContain('thesis.tex');
  });

  it('is what a run leaves that was killed before its first trial', () => {
    const output = join(results, 'killed');
    mkdirSync(output);
    for (const name of ['trials', 'samples']) writeFileSync(join(output, `${name}.ndjson`), '');
    expect(() => openRunFolder(output)).toThrow(`rm -r ${output}`);
    createRunFolder({ output, id }).close();
    writeFileSync(join(output, 'samples.ndjson'), '{}');
    expect(() => createRunFolder({ output, id })).toThrow('virtgauge resume');
  });

  it('goes when it is discarded, one that was there before not', () => {
    const [there, made] = [join(results, 'there'), join(results, 'made')];
    mkdirSync(there);
    for (const output of [there, made]) createRunFolder({ output, id }).discard();
    createRunFolder({ results, id }).discard();
    expect(readdirSync(results)).toEqual(['there']);
    expect(readdirSync(there)).toEqual([]);
  });

  it('that cannot be made is the mistake of the user', () => {
    writeFileSync(join(results, 'file'), '');
    const below = join(results, 'file', 'below');
    for (const where of [{ output: below }, { results: below }]) {
      expect(() => createRunFolder({ ...where, id })).toThrow(UserError);
      expect(() => createRunFolder({ ...where, id })).toThrow('--output');
    }
  });

  it('makes place for artifacts', () => {
    const folder = createRunFolder({ results, id });
    const path = folder.artifact('17/guest-3.console');
    writeFileSync(path, 'login:');
    expect(path).toBe(join(folder.path, 'artifacts', '17', 'guest-3.console'));
    folder.close();
  });
});

describe('a run folder opened again', () => {
  it('has its run and trials, and takes more', () => {
    const path = runWith([0, 1]);
    const { folder, run, trials } = openRunFolder(path);
    expect(run).toEqual(exampleRun);
    expect(trials).toEqual([exampleTrial(0), exampleTrial(1)]);
    folder.appendTrial(exampleTrial(2));
    folder.close();
    expect(readTrials(path)).toHaveLength(3);
  });

  it('is not opened while another writes it', () => {
    const path = runWith([]);
    const { folder } = openRunFolder(path);
    expect(() => openRunFolder(path)).toThrow(`process ${process.pid} is writing`);
    folder.close();
    openRunFolder(path).folder.close();
  });

  it.each(['samples.ndjson', 'events.ndjson', 'trials.ndjson'])(
    'has lost a last line of %s that was cut off, and nothing else',
    (name) => {
      const path = runWith([0, 1]);
      const before = linesOf(path, name);
      appendFileSync(join(path, name), '{"trial":1,"metric":"noop.to');
      openRunFolder(path).folder.close();
      expect(linesOf(path, name)).toEqual(before);
    },
  );

  it('has lost the samples and events of a trial that is not in the log', () => {
    const path = runWith([0, 1]);
    const log = join(path, 'trials.ndjson');
    writeFileSync(log, `${JSON.stringify(exampleTrial(0))}\n`);
    openRunFolder(path).folder.close();
    expect(linesOf(path, 'samples.ndjson')).toEqual([JSON.stringify(exampleSample(0))]);
    expect(linesOf(path, 'events.ndjson')).toEqual(['{"trial":0,"event":"phase-end","at":0}']);
  });

  it('forgets what shall be done again, once it is told', () => {
    const path = runWith([0, 1, 2]);
    const before = linesOf(path, 'samples.ndjson');
    const { folder, trials } = openRunFolder(path);
    folder.keepOnly(trials);
    expect(linesOf(path, 'samples.ndjson')).toEqual(before);
    folder.keepOnly(trials.filter(({ trial }) => trial !== 1));
    expect(readTrials(path).map(({ trial }) => trial)).toEqual([0, 2]);
    folder.appendTrial(exampleTrial(1), [exampleSample(1, 9)]);
    folder.close();
    expect(readTrials(path).map(({ trial }) => trial)).toEqual([0, 2, 1]);
    expect(linesOf(path, 'samples.ndjson')).toEqual(
      [exampleSample(0), exampleSample(2), exampleSample(1, 9)].map((one) => JSON.stringify(one)),
    );
  });

  it('is left free when it turns out to be damaged', () => {
    const path = runWith([0]);
    writeFileSync(join(path, 'samples.ndjson'), 'oops\n{}\n');
    expect(() => openRunFolder(path)).toThrow('samples.ndjson:1: expected JSON');
    rmSync(join(path, 'samples.ndjson'));
    openRunFolder(path).folder.close();
  });

  it('holds every trial that a killed writer has reported, with its sample', async () => {
    const path = runWith([]);
    const script = `
      import { openRunFolder } from ${JSON.stringify(join(import.meta.dirname, 'run-folder.ts'))};
      import { exampleSample, exampleTrial } from ${JSON.stringify(join(import.meta.dirname, 'run-folder.example.ts'))};
      import { writeSync } from 'node:fs';
      const { folder, trials } = openRunFolder(${JSON.stringify(path)});
      for (let trial = trials.length; ; trial++) {
        folder.appendTrial(exampleTrial(trial), Array.from({ length: 50 }, () => exampleSample(trial)));
        writeSync(1, trial + '\\n');
      }`;
    let reported = -1;
    for (const delay of [0, 3, 17]) {
      const writer = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', script],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let out = '';
      writer.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      await once(writer.stdout, 'data');
      await sleep(delay);
      writer.kill('SIGKILL');
      await once(writer, 'close');
      const last = Number(out.trimEnd().split('\n').at(-1));
      expect(last).toBeGreaterThan(reported);
      reported = last;
      const { folder, trials } = openRunFolder(path);
      folder.close();
      expect(trials.map(({ trial }) => trial)).toEqual(Array.from(trials, (_, index) => index));
      expect(trials.length).toBeGreaterThan(reported);
      expect(linesOf(path, 'samples.ndjson')).toHaveLength(50 * trials.length);
    }
    expect(existsSync(join(path, 'run.json'))).toBe(true);
  }, 30_000);
});
