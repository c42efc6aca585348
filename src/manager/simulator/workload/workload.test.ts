import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { workloads, type WorkloadName } from './list.ts';

const day = 24 * 3600;

/** The mean load over time of many subjects, each followed for two days. */
function follow(name: WorkloadName, seed: string) {
  const options = { subjects: 300, mean: 0.4, spread: 0.5, step: 600 };
  const workload = workloads[name]({ ...options, random: seededRandom(seed) });
  const hours = new Float64Array(24);
  let highest = 0;
  let sound = true;
  let sum = 0;
  for (let subject = 0; subject < options.subjects; subject++) {
    for (let now = 0; now < 2 * day;) {
      const level = workload.level(subject, now);
      const wait = workload.wait(subject, now);
      sound &&= level >= 0 && wait > 0;
      const length = Math.min(wait, 2 * day - now);
      const hour = Math.floor((now % day) / 3600);
      hours[hour] = (hours[hour] as number) + level * length;
      highest = Math.max(highest, level);
      sum += level * length;
      now += wait;
    }
  }
  expect(sound).toBe(true);
  return { mean: sum / (options.subjects * 2 * day), highest, hours };
}

describe.each(['steady', 'diurnal', 'bursts'] as const)('%s', (name) => {
  it('has the mean that is asked for', () => {
    expect(follow(name, '1').mean).toBeCloseTo(0.4, 1);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(follow(name, '1')).toEqual(follow(name, '1'));
    expect(follow(name, '1').mean).not.toBe(follow(name, '2').mean);
  });
});

it('follows the day in diurnal', () => {
  const { hours } = follow('diurnal', '1');
  expect(hours[12]).toBeGreaterThan(2 * (hours[0] as number));
  const { hours: flat } = follow('steady', '1');
  expect(flat[12]).toBeLessThan(1.3 * (flat[0] as number));
});

it('rises far above its mean in bursts only', () => {
  expect(follow('bursts', '1').highest).toBeGreaterThan(1.2);
  expect(follow('steady', '1').highest).toBeLessThan(0.8);
});
