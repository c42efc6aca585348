import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import { writeHandmadeBundle } from '../harness/bundle/handmade-bundle.example.ts';
import { writeBundle } from '../harness/bundle/write-bundle.ts';
import { startVirtgauge, Workplace } from './virtgauge.example.ts';

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

describe('nothing is left of a bundle', () => {
  const left = () => readdirSync(path('tmp'));
  const start = (...args: string[]) =>
    startVirtgauge(args, { env: { VIRTGAUGE_STATE: place.state, TMPDIR: path('tmp') } });
  beforeAll(() => mkdirSync(path('tmp')));

  it('where it holds a run of another schema, or none, and the bundle is named', async () => {
    writeHandmadeBundle(path('other.tar.gz'), { 'run.json': '{"schema": 9}' });
    writeHandmadeBundle(path('none.tar.gz'), { 'events.ndjson': '' });
    for (const name of ['other.tar.gz', 'none.tar.gz']) {
      const commands = [['claims'], ['report', '--output', path('o')]];
      for (const [command = '', ...options] of commands) {
        const { code, stderr } = await start(command, path(name), ...options).outcome;
        expect(code).toBe(1);
        expect(stderr.startsWith(path(name))).toBe(true);
        expect(stderr).not.toContain(path('tmp'));
        expect([left(), existsSync(path('o'))]).toEqual([[], false]);
      }
    }
  }, 60_000);

  it('where it is interrupted', async () => {
    mkdirSync(path('big/artifacts'), { recursive: true });
    writeSyntheticRun(path('big'), { blocks: 1, measure: ['noop'] });
    writeFileSync(path('big/artifacts/zeros'), Buffer.alloc(2 ** 28));
    const packing = start('bundle', path('big'), '--output', path('tmp/b.tar.gz'));
    while (left().length === 0 && packing.child.exitCode === null) await setTimeout(5);
    packing.child.kill('SIGINT');
    const { code, stderr } = await packing.outcome;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted; no bundle was made\n' });
    expect(left()).toEqual([]);
    await writeBundle(path('big'), path('big.tar.gz'), '0');
    rmSync(path('big'), { recursive: true });
    const commands = [['claims'], ['report', '--output', path('tmp/o')]];
    for (const [command = '', ...options] of commands) {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const { child, outcome } = start(command, path('big.tar.gz'), ...options);
        while (left().length === 0 && child.exitCode === null) await setTimeout(5);
        child.kill(signal);
        const { code, stderr } = await outcome;
        expect({ code, stderr }).toEqual({
          code: 130,
          stderr: 'interrupted; nothing of it is left\n',
        });
        expect(left()).toEqual([]);
      }
    }
  }, 60_000);
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
