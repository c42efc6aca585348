import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../base/stats/random.ts';
import { expectPlannedTrials, markedQemus, Workplace } from './virtgauge.example.ts';

const kills = 10;
const trialsOfEachArm = 3;
const seed = '51';

const place = new Workplace();
afterAll(() => place.remove());

it('a run killed at ten random moments has the trials of one that was not', async () => {
  const folder = join(place.folder, 'run');
  const random = seededRandom('moments of the kills');
  const begin = [
    ...['run', 'scenarios/quickstart.yaml', '--output', folder, '--seed', seed, '--no-report'],
    ...['--set', `repeat.trials=${trialsOfEachArm}`],
  ];
  for (let kill = 0; kill < kills; kill++) {
    const begun = existsSync(join(folder, 'run.json'));
    // A folder without run.json was killed before anything was recorded: begin again.
    if (!begun) place.discard(folder);
    const running = place.start(...(begun ? ['resume', folder, '--no-report'] : begin));
    await sleep(1000 + random.next() * 20_000);
    running.child.kill('SIGKILL');
    await running.outcome;
  }
  const last = await place.run('resume', folder);
  expect(last, last.stderr).toMatchObject({ code: 0 });
  expectPlannedTrials(folder, seed, trialsOfEachArm);
  expect((await place.run('clean')).stdout).toMatch(/nothing/);
  expect(place.ledgers()).toEqual([]);
  expect(markedQemus(place.state)).toEqual([]);
});
