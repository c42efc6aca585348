import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const path = (name: string) => join(place.folder, name);

it('packs a run that report and claims read elsewhere, to the same bytes', async () => {
  mkdirSync(path('run'));
  const claim = { name: 'soon', source: 's', words: 'w', status: 'quantified' };
  writeSyntheticRun(path('run'), {
    measure: ['creation'],
    factors: { provisioning: ['copy', 'clone'] },
    change: (run) => ({
      ...run,
      scenario: {
        ...run.scenario,
        claims: [{ ...claim, condition: 'creation.total < 1min', tolerates: ['emulation'] }],
      },
    }),
  });
  const packed = await place.run('bundle', path('run'), '--output', path('b.tar.gz'));
  expect(packed).toMatchObject({ code: 0, stderr: '' });
  const report = await place.run('report', path('b.tar.gz'), '--output', path('out'));
  expect(report).toMatchObject({ code: 0, stderr: '' });
  expect(report.stdout).toContain('the report is, byte for byte, the one that was packed by');
  const page = (folder: string) => readFileSync(join(folder, 'report/index.html'), 'utf8');
  expect(page(path('out'))).toBe(page(path('run')));
  expect(await place.run('claims', path('b.tar.gz'))).toMatchObject({ code: 0, stderr: '' });
  const twice = await place.run('report', path('b.tar.gz'), '--output', path('out'));
  expect(twice.code).toBe(1);
  const none = await place.run('bundle', place.folder, '--output', path('none.tar.gz'));
  expect(none.code).toBe(1);
  expect(existsSync(path('none.tar.gz'))).toBe(false);
}, 60_000);

it('says which files of the packed report are none of its making, and keeps none of them', async () => {
  mkdirSync(path('more/report'), { recursive: true });
  writeSyntheticRun(path('more'), { blocks: 1, measure: ['noop'] });
  writeFileSync(path('more/report/evil.html'), 'evil');
  await place.run('bundle', path('more'), '--output', path('more.tar.gz'));
  const report = await place.run('report', path('more.tar.gz'), '--output', path('less'));
  expect(report).toMatchObject({ code: 0, stderr: '' });
  expect(report.stdout).not.toContain('byte for byte');
  expect(report.stdout).toContain('not made, and left out, 1 file: report/evil.html\n');
  expect(existsSync(path('less/report/index.html'))).toBe(true);
  expect(existsSync(path('less/report/evil.html'))).toBe(false);
});

describe('says in one message that', () => {
  /** The only thing that a command says. */
  const refusal = async (...args: string[]) => {
    const { code, stdout, stderr } = await place.run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toContain('fault of virtgauge');
    return stderr;
  };

  it('links are not packed, and writes nothing through them', async () => {
    const [run, elsewhere] = [path('linked'), path('elsewhere')];
    for (const folder of [run, elsewhere]) mkdirSync(folder);
    writeSyntheticRun(run, { blocks: 1, measure: ['noop'] });
    symlinkSync(elsewhere, join(run, 'report'));
    expect(await refusal('bundle', run, '--output', path('linked.tar.gz'))).toContain(
      `${join(run, 'report')}: expected a folder, got a link`,
    );
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(existsSync(path('linked.tar.gz'))).toBe(false);
  });

  it('there is a file where the bundle is to be, and leaves it and the run alone', async () => {
    mkdirSync(path('fresh'));
    writeSyntheticRun(path('fresh'), { blocks: 1, measure: ['noop'] });
    writeFileSync(path('mine'), 'mine');
    expect(await refusal('bundle', path('fresh'), '--output', path('mine'))).toContain(
      `${path('mine')}: expected to make a new file`,
    );
    expect(readFileSync(path('mine'), 'utf8')).toBe('mine');
    expect(await refusal('bundle', path('fresh'), '--output', path('mine/b'))).toContain('ENOTDIR');
    expect(existsSync(path('fresh/report'))).toBe(false);
  });

  it('the report of a folder has its place', async () => {
    const said = await refusal('report', path('run'), '--output', path('zz'));
    expect(said).toContain('--output: expected it with --merge or with a bundle');
    const absent = await refusal('report', path('absent'), '--output', path('zz'));
    expect(absent).toContain('found no run.json in it');
    expect(existsSync(path('zz'))).toBe(false);
  });

  it('a file is no folder of a run, and a bundle has no slash behind its name', async () => {
    writeFileSync(path('file.tar.gz'), 'x');
    expect(await refusal('bundle', path('file.tar.gz'))).toContain(
      'expected the folder of a run, got a file',
    );
    for (const command of ['report', 'claims', 'bundle']) {
      expect(await refusal(command, path('file.tar.gz/'))).toContain(
        `name it without the slash: ${path('file.tar.gz')}\n`,
      );
    }
    expect(await refusal('report', path('file.tar.gz/x'))).toContain('found no run.json in it');
  });
});
