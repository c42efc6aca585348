import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrials } from '../harness/results/read-trials.ts';
import { startVirtgauge } from './virtgauge.example.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-cli-'));
  writeFileSync(
    join(place, 'noop.yaml'),
    'name: noop\nmeasure: { noop: {} }\nfactors: { guests: [1, 2] }\nrepeat: { trials: 2 }\n',
  );
  writeFileSync(
    join(place, 'broken.yaml'),
    'name: broken\nmeasure: { noop: {} }\nrepeat: { trials: 0 }\n',
  );
});
afterEach(() => rmSync(place, { recursive: true }));

/** The command line, in a folder with its own state and cache. */
function start(...args: string[]) {
  return startInside([], ...args);
}

/** The same, begun by another command. */
function startInside(inside: readonly string[], ...args: string[]) {
  const env = { VIRTGAUGE_STATE: join(place, 'state'), VIRTGAUGE_CACHE: join(place, 'cache') };
  const { child, outcome, stderr } = startVirtgauge(args, { env, cwd: place, inside });
  /** Resolves when this has been printed on stderr. */
  const printed = (text: string) =>
    new Promise<void>((resolve) => {
      child.stderr.on('data', () => {
        if (stderr().includes(text)) resolve();
      });
    });
  return { child, outcome, printed };
}

const run = (...args: string[]) => start(...args).outcome;
const inputs = ['broken.yaml', 'noop.yaml'];

describe('wrong usage', () => {
  it.each([
    [['launch'], "error: unknown command 'launch'"],
    [['run'], "error: missing required argument 'scenario'"],
    [['run', 'noop.yaml', '--write-budget', '2h'], 'Expected a number of bytes such as 500MiB'],
    [['run', 'noop.yaml', '--budget', 'soon'], 'Expected a duration such as 90s, 45m or 2h.'],
    [['run', 'noop.yaml', '--seed', 'xyz'], 'Expected 1 to 16 hexadecimal digits.'],
    [['run', 'broken.yaml'], 'broken.yaml:3:'],
    [['run', 'absent.yaml'], 'absent.yaml'],
    [['resume', '.'], 'run.json'],
    [['plan', 'noop.yaml', '--hosts', 'slurm'], 'to run inside a Slurm allocation'],
  ])(
    '%j ends with code 1, one message, and nothing made',
    async (args, message) => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.split(message).length - 1).toBe(1);
      expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
      expect(readdirSync(place).sort()).toEqual(inputs);
    },
    20_000,
  );
});

it('shows its help', async () => {
  const { code, stdout, stderr } = await run('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of ['run', 'plan', 'resume', 'clean']) expect(stdout).toContain(command);
}, 20_000);

it('plans without making anything', async () => {
  const { code, stdout } = await run('plan', 'noop.yaml', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'noop',
    arms: [{ guests: 1 }, { guests: 2 }],
    trials: 4,
    most: 4,
    repeat: { trials: 2 },
  });
  expect(readdirSync(place).sort()).toEqual(inputs);
}, 20_000);

it('ends without a word when nobody reads its output', async () => {
  const planning = start('plan', 'noop.yaml');
  planning.child.stdout.destroy();
  expect(await planning.outcome).toEqual({ code: 141, stdout: '', stderr: '' });
}, 20_000);

it('tears a run down when nobody reads its progress', async () => {
  const running = start('run', 'noop.yaml', '--output', 'out', '--set', 'repeat.trials=5000');
  await running.printed('\n5/10000 ');
  running.child.stderr.destroy();
  expect(await running.outcome).toMatchObject({ code: 141, stdout: '' });
  expect(existsSync(join(place, 'state', 'ledger'))).toBe(false);
  expect(readTrials(join(place, 'out')).length).toBeLessThan(10_000);
}, 20_000);

it.each(['1', '2'])(
  'measures to the end though the disk is full that gets its output %s',
  async (output) => {
    const inside = ['sh', '-c', `exec "$0" "$@" ${output}>/dev/full`];
    const { code, stderr } = await startInside(inside, 'run', 'noop.yaml', '--output', 'out')
      .outcome;
    expect(code).toBe(1);
    if (output === '1') expect(stderr).toContain('output is lost: ENOSPC');
    expect(readTrials(join(place, 'out'))).toHaveLength(4);
    expect(existsSync(join(place, 'out/report/index.html'))).toBe(true);
    expect(existsSync(join(place, 'state', 'ledger'))).toBe(false);
  },
  20_000,
);

it('runs into the folder asked for, and not twice into the same', async () => {
  const args = ['run', 'noop.yaml', '--output', 'out', '--no-report', '--seed', '1'];
  const { code, stderr } = await run(...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(readdirSync(join(place, 'out')).sort()).toEqual([
    'events.ndjson',
    'run.json',
    'samples.ndjson',
    'trials.ndjson',
  ]);
  expect(stderr).toMatch(/^4\/4 completed [12] guests?/m);
  const before = readFileSync(join(place, 'out/trials.ndjson'), 'utf8');
  const again = await run(...args);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('virtgauge resume out');
  expect(readFileSync(join(place, 'out/trials.ndjson'), 'utf8')).toBe(before);
}, 20_000);

it('is interrupted by SIGINT with a hint how to go on, and goes on to the end', async () => {
  const trials = 10_000;
  const running = start(
    ...['run', 'noop.yaml', '--output', 'out', '--no-report', '--seed', '1'],
    ...['--set', `repeat.trials=${trials / 2}`],
  );
  await running.printed(`\n5/${trials} `);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.outcome;
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted; everything is torn down\nto go on: virtgauge resume out\n$/);
  expect(readTrials(join(place, 'out')).length).toBeLessThan(trials);
  expect(existsSync(join(place, 'state', 'ledger'))).toBe(false);

  const resumed = await run('resume', 'out', '--no-report', '--json');
  expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ ended: 'complete', completed: trials });
  const numbers = readTrials(join(place, 'out')).map(({ trial }) => trial);
  expect(new Set(numbers).size).toBe(trials);
}, 60_000);
