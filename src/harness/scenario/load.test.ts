import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../base/errors.ts';
import { loadText, problemsOf } from './load-text.example.ts';
import { loadScenario } from './load.ts';

const good = {
  name: 'good',
  storages: { one: { kind: 'local', path: '/srv/one' }, two: { kind: 'shared-directory' } },
  guest: { bootTimeout: '90s' },
  factors: { guests: [1, 3], storage: ['one', 'two'], memory: ['256MiB', '1GiB'] },
  fixed: { provisioning: 'copy', vcpus: 2 },
  exclude: [{ guests: 3, storage: 'two' }],
  measure: { creation: {}, 'guest-io': { jobs: [{ name: 'j', rw: 'read', bs: '4KiB' }] } },
  repeat: { trials: 6 },
  seed: '41c7',
};

describe('loadScenario', () => {
  it('fills in defaults and keeps the order of factors', () => {
    const { scenario, source, overrides } = loadText(JSON.stringify(good));
    expect({ source, overrides }).toEqual({ source: 'x.yaml', overrides: [] });
    expect(Object.keys(scenario.factors)).toEqual(['guests', 'storage', 'memory']);
    expect(scenario.fixed).toEqual({ provisioning: 'copy', vcpus: 2 });
    expect(scenario.guest).toEqual({ image: 'micro', bootTimeout: 90 });
    expect(scenario.measure['guest-io']?.jobs[0]).toMatchObject({ bs: 4096, iodepth: 8 });
  });

  it('prints a mistake with its place, a caret and what was meant', () => {
    const [problem] = problemsOf(
      'name: a\nmeasure: { creation: {} }\nstorages:\n  shared:\n    kind: shared-dirctory\n',
    );
    if (!problem) throw new Error('no problem');
    expect(formatProblem(problem)).toBe(
      [
        'x.yaml:5:11: storages.shared.kind: expected one of local, lustre, moosefs, nfs, shared-directory, got "shared-dirctory"',
        '  5 |     kind: shared-dirctory',
        '    |           ^^^^^^^^^^^^^^^ did you mean "shared-directory"?',
      ].join('\n'),
    );
  });

  it.each([
    ['', 'x.yaml:1:1: expected a scenario, got an empty file'],
    ['# nothing\n', 'x.yaml:1:1: expected a scenario, got an empty file'],
    ['- a\n- b\n', 'x.yaml:1:1: expected a mapping, got a list of 2 items'],
    ['hello\n', 'x.yaml:1:1: expected a mapping, got "hello"'],
    ['name: a\n', 'x.yaml:1:1: measure: expected a mapping, got nothing: the key is missing'],
    [
      'name: a\nmeasure: {}\n',
      'x.yaml:2:10: measure: expected at least one of noop, creation, guest-io, migration, hotplug, crash, p2v, failover, sharing, manager, wire, simulation, got an empty mapping',
    ],
    ['name: a\nmeasure:\n  noop:\n', 'x.yaml:3:8: measure.noop: expected a mapping, got nothing'],
    ['nmae: a\nname: a\nmeasure: {noop: {}}\n', 'x.yaml:1:1: nmae: unknown key'],
    ['name: 12\nmeasure: {noop: {}}\n', 'x.yaml:1:7: name: expected a text, got 12'],
    ['name: a b\nmeasure: {noop: {}}\n', 'x.yaml:1:7: name: expected a name of 1 to 63 letters'],
    [
      'name: a\nmeasure: {noop: {}}\nfixed: {guests: 0}\n',
      'x.yaml:3:17: fixed.guests: expected a number of at least 1, got 0',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nfixed: {guests: 2.5}\n',
      'x.yaml:3:17: fixed.guests: expected a whole number, got 2.5',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nfixed: {guests: [1]}\n',
      'x.yaml:3:17: fixed.guests: expected a number, got a list of 1 item',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nfixed: {iothread: "yes"}\n',
      'x.yaml:3:19: fixed.iothread: expected true or false, got "yes"',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nfactors: {guests: 2}\n',
      'x.yaml:3:19: factors.guests: expected a list, got 2',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nfactors: {guests: []}\n',
      'x.yaml:3:19: factors.guests: expected a list of at least 1 item, got an empty list',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nrepeat: {trials: many}\n',
      'x.yaml:3:18: repeat.trials: expected a number or auto, got "many"',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nrepeat: {precision: 2}\n',
      'x.yaml:3:21: repeat.precision: expected a number of at most 1, got 2',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nstorages: {"a b": {kind: local}}\n',
      'x.yaml:3:12: storages.a b: expected a name of 1 to 63 letters',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nexclude: [{}]\n',
      'x.yaml:3:11: exclude.0: expected at least one factor with a level, got an empty mapping',
    ],
    [
      'name: a\nmeasure: {noop: {}}\nseed: -1\n',
      'x.yaml:3:7: seed: expected 1 to 16 hexadecimal digits, got -1',
    ],
    [
      'name: a\nmeasure: {guest-io: {jobs: [{name: j, rw: raed}]}}\n',
      'x.yaml:2:43: measure.guest-io.jobs.0.rw: expected one of read, write',
    ],
  ])('refuses %j', (text, expected) => {
    // prettier-ignore
    const [{ where = '', message } = { message: 'no problem' }, ...more] = problemsOf(text);
    expect(`${where}: ${message}`).toContain(expected);
    expect(more).toEqual([]);
  });

  it('tells how to write what was meant', () => {
    const hint = (text: string) => problemsOf(`name: a\nmeasure: {noop: {}}\n${text}`)[0]?.excerpt;
    expect(hint('factors: {guests: 2}')).toContain('^ write a list of one in [ ]');
    expect(hint('fixed: {cpu: 486}')).toContain('^^^ write "486" for a text');
    expect(hint('fixed: {cache: wrietback}')).toContain('did you mean "writeback"?');
    expect(hint('repeat: {trials: atuo}')).toContain('did you mean "auto"?');
    expect(hint('factros: {}')).toContain('^^^^^^^ did you mean "factors"?');
  });

  it('tells every mistake at once, in order of position, and counts what is too much', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `x${i}: 1`);
    const problems = problemsOf(`${lines.join('\n')}\nname: a\nmeasure: {noop: {}}\n`);
    expect(problems.map(({ where }) => where)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `x.yaml:${i + 1}:1`),
      undefined,
    ]);
    expect(problems.at(-1)?.message).toBe('and 10 more problems');
  });

  it('prints no control characters of a file', () => {
    const text = '"\\e]0;x": 1\n"\u0085\u202e": [\u202eabc]\nname: "\\e[2J"\n';
    const printed = problemsOf(text).map(formatProblem).join('\n');
    expect(printed).toContain(String.raw`\u001b`);
    expect(printed).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u);
  });

  it('takes a seed as it is written', () => {
    const seed = (written: string) =>
      loadText(`name: a\nmeasure: {noop: {}}\nseed: ${written}\n`).scenario.seed;
    expect(['12e4', '0123', '41c7', '"7"', '7'].map(seed)).toEqual(['12e4', '0123', '41c7', '7', '7']); // prettier-ignore
  });

  it('answers any JSON value by a scenario or a UserError with positions inside the file', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        expectPositionsInside(JSON.stringify(json, undefined, 1));
      }),
    );
  });

  it('answers any mistake in a good scenario likewise', () => {
    const paths = pathsOf(good);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('one', 'clone', '4KiB', -1, 0, 1e9),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, replacement) => {
        expectPositionsInside(JSON.stringify(replaced(good, path, replacement), undefined, 1));
      }),
      { numRuns: 200 },
    );
  });

  const folder = fileURLToPath(new URL('../../../scenarios/', import.meta.url));
  const shipped = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  it.each(shipped)('loads the shipped scenario %s, which names its schema', (name) => {
    const path = join(folder, name);
    const { scenario } = loadScenario(path);
    expect(scenario.description).toBeDefined();
    const up = '../'.repeat(name.split('/').length - 1);
    const [first] = readFileSync(path, 'utf8').split('\n');
    expect(first).toBe(`# yaml-language-server: $schema=${up}schema/scenario.schema.json`);
  });
  it('ships the quickstart', () => expect(shipped).toContain('quickstart.yaml'));
});

function expectPositionsInside(text: string): void {
  const lines = text.split('\n');
  for (const { where, excerpt, message } of problemsOf(text)) {
    if (/^and \d+ more/.test(message)) continue;
    const [, line = 0, column = 0] = (/^x\.yaml:(\d+):(\d+)$/.exec(where ?? '') ?? []).map(Number);
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    expect(excerpt).toContain('^');
  }
}

type Path = (string | number)[];

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [above];
  const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const inner = steps.flatMap((step) => {
    return pathsOf((value as Record<string | number, unknown>)[step], [...above, step]);
  });
  return [above, ...inner];
}

function replaced(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[step] = replaced(copy[step], rest, replacement);
  return copy;
}
