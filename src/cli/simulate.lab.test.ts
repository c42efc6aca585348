import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workplace } from './virtgauge.example.ts';

const scenario = (subject: string, factors: string, more = '') => `
name: sim
factors: ${factors}
fixed: { hosts: 20${subject === 'guests' ? ', guests: 100' : ''} }
measure: { simulation: { subject: ${subject}, services: 5, duration: 1h, points: 4 ${more} } }
repeat: { trials: 6 }
`;

/** As ganeti's tools write it: three nodes that are half full, and one instance. */
const cluster = `g|u|preferred||

n1|65536|0|64512|1024000|1003520|16|M|u|1||N|0|1|1.0
n2|65536|0|65536|1024000|1003520|16|N|u|1||N|0|1|1.0
n3|65536|0|65536|1024000|1024000|16|N|u|1||N|0|1|1.0

web-1|1024|20480|1|running|Y|n1|n2|drbd||1|-|N


|128,1,1024,1,1,1|128,1,1024,1,1,1;32768,8,1048576,16,8,12|plain,drbd|4.0|32.0
`;

let place: Workplace;
let folder: string;
beforeEach(() => {
  place = new Workplace();
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-simulate-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('guests.yaml', scenario('guests', '{ placement: [random, best-fit], faults: [0, 3] }'));
  write(
    'services.yaml',
    scenario('services', '{ sharing: [none, ma2scf-reconstructed, ratio-first] }'),
  );
  write(
    'trace.yaml',
    scenario('guests', '{ workload: [steady, trace] }', `, load: { trace: ${folder}/t.csv }`),
  );
  write(
    'cluster.yaml',
    `
name: room
factors: { placement: [best-fit, worst-fit] }
measure: { simulation: { subject: capacity, cluster: ${folder}/cluster.txt } }
repeat: { trials: 2 }
`,
  );
  write('cluster.txt', cluster);
  write('t.csv', 'time,guest,load\n0,a,0.5\n10,a,much\n');
});
afterEach(() => {
  place.remove();
  rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const simulate = (file: string, output: string, ...more: string[]) =>
  place.run('simulate', at(file), '--seed', '7', '--output', at(output), ...more);

/** Everything that does not say when and how fast a run was made. */
function results(output: string): Record<string, string> {
  const files = readdirSync(at(output), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths
      .filter((path) => !/run\.json|trials\.ndjson/.test(path))
      .map((path) => [path.slice(at(output).length), withoutCommit(readFileSync(path, 'latin1'))]),
  );
}

/** Somebody may commit meanwhile. */
const withoutCommit = (text: string) => text.replaceAll(/ \([0-9a-f]{12}\)/g, '');

describe('simulate', () => {
  it.each(['guests.yaml', 'services.yaml'])(
    'gives the same bytes for the same seed, in one run and in parts: %s',
    async (file) => {
      const whole = await simulate(file, 'a');
      expect(whole.code).toBe(0);
      expect(whole.stdout).toContain('(simulated)');
      await simulate(file, 'b');
      expect(results('b')).toEqual(results('a'));
      expect(Object.keys(results('a'))).toContain('/report/index.html');

      for (const part of ['1', '2']) {
        await simulate(file, `part-${part}`, '--shard', `${part}/2`, '--no-report');
      }
      const parts = [at('part-2'), at('part-1')];
      const merged = await place.run('report', '--merge', ...parts, '--output', at('merged'));
      expect(merged).toMatchObject({ code: 0, stderr: '' });
      expect(results('merged')).toEqual(results('a'));
    },
    120_000,
  );

  it('labels every table and picture, and says what the reading of a paper changes', async () => {
    await simulate('services.yaml', 'a');
    const all = results('a');
    const pages = Object.entries(all).filter(([path]) => /\.(md|svg)$|tables\//.test(path));
    expect(pages.length).toBeGreaterThan(5);
    for (const [path, text] of pages) expect(text, path).toMatch(/simulated/);
    expect(all['/report/report.md']).toMatch(
      /Only the abstract of MA2SCF is public; it can be read as/,
    );
  });

  it('asks a cluster of ganeti how much room it has', async () => {
    const asked = await simulate('cluster.yaml', 'a');
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain('4 trials, 4 completed');
    writeFileSync(at('cluster.txt'), cluster.replace('n2|65536', 'n2|-1'));
    const refused = await simulate('cluster.yaml', 'b');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/cluster\.txt:4:4: .* got "-1"/);
  });

  it('tells what is missing in the whole, and refuses what is no part of it', async () => {
    await simulate('guests.yaml', 'one', '--shard', '1/3', '--no-report');
    await simulate('guests.yaml', 'two', '--shard', '2/3', '--no-report');
    await simulate(
      'guests.yaml',
      'other',
      '--shard',
      '3/3',
      '--no-report',
      '--set',
      'fixed.guests=9',
    );
    const gap = await place.run('report', '--merge', at('one'), at('two'), '--output', at('gap'));
    const told = 'Part 3 of 3 is missing, with 8 of 24 trials.';
    expect(gap).toMatchObject({ code: 0, stderr: `${told}\n` });
    expect(results('gap')['/report/report.md']).toContain(told);

    const merge = (...parts: string[]) =>
      place.run('report', '--merge', ...parts.map(at), '--output', at('none'));
    expect(await merge('one', 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /a part of the same run as .*, but its scenario is another/,
      ) as string,
    });
    expect(await merge('one', 'one')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('got trial 0 in both') as string,
    });
    expect(await place.run('report', at('one'), at('two'))).toMatchObject({ code: 1 });
  });

  it('names what it cannot do before it begins anything', async () => {
    expect(await simulate('trace.yaml', 'a')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `t.csv:3:6: load: expected a number from 0 on, got "much"`,
      ) as string,
    });
    expect(await simulate('guests.yaml', 'a', '--shard', '7/7')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected at most 6 parts') as string,
    });
    const real = await place.run('simulate', 'scenarios/quickstart.yaml');
    expect(real).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('which needs no host, got creation') as string,
    });
    expect(readdirSync(folder)).not.toContain('a');
  });
});
