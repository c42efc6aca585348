import { describe, expect, it } from 'vitest';
import { eventLines, sampleLines, trialLine } from './record-lines.ts';
import { exampleSample, exampleTrial } from './run-folder.example.ts';

const trial = exampleTrial(3);

describe('what is recorded', () => {
  it('is one line each', () => {
    expect(trialLine(trial)).toBe(`${JSON.stringify(trial)}\n`);
    expect(sampleLines([exampleSample(3), exampleSample(3, 2)], trial).split('\n')).toEqual([
      JSON.stringify(exampleSample(3)),
      JSON.stringify(exampleSample(3, 2)),
      '',
    ]);
  });

  it.each([NaN, Infinity, -Infinity])('is never %d', (value) => {
    expect(() => sampleLines([exampleSample(3, value)], trial)).toThrow(
      /sample noop\.total of trial 3 cannot be recorded: value: /,
    );
    expect(() => trialLine({ ...trial, duration: value })).toThrow('trial 3 cannot be recorded');
    expect(() => eventLines([{ trial: 3, event: 'phase-end', at: value }], trial)).toThrow(
      'event phase-end of trial 3 cannot be recorded: at: ',
    );
  });

  it('belongs to its trial', () => {
    expect(() => sampleLines([exampleSample(4)], trial)).toThrow('belongs to trial 4');
    expect(() => eventLines([{ trial: 4, event: 'e', at: 0 }], trial)).toThrow('trial 4');
  });
});
