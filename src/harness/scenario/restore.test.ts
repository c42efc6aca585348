import { describe, expect, it } from 'vitest';
import { loadText } from './load-text.example.ts';
import { restoreScenario } from './restore.ts';

const text = `
name: a
storages: { z: { kind: local }, b: { kind: local } }
measure: { creation: {} }
factors: { vcpus: [1, 2], memory: [1GiB, 64MiB], guests: [1] }
seed: 12e4
`;

describe('restoreScenario', () => {
  it('gives back what was stored, in its order', () => {
    const { scenario } = loadText(text);
    const stored = JSON.stringify(scenario);
    expect(JSON.stringify(restoreScenario(JSON.parse(stored), 'run.json'))).toBe(stored);
    expect(scenario.seed).toBe('12e4');
  });

  it('refuses what this version does not know', () => {
    expect(() => restoreScenario({ name: 'a', measure: { noop: 1 } }, 'run.json')).toThrow(
      'run.json: scenario.measure.noop: expected a mapping',
    );
  });
});
