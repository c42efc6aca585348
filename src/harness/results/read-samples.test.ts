import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readSamples } from './read-samples.ts';
import type { Sample } from './schema.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-samples-'));
  path = join(folder, 'samples.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const one: Sample = {
  metric: 'creation.total',
  value: 3.42,
  unit: 's',
  arm: { storage: 'local', guests: 4 },
  trial: 7,
  kind: 'measured',
  at: 12.5,
  guest: 2,
};

/** What was read, as samples again, in the order of their moments. */
function samplesOf(file: string): Sample[] {
  const all: Sample[] = [];
  for (const { labels, length, columns } of readSamples(file).groups) {
    for (let index = 0; index < length; index++) {
      const guest = columns.guest[index] ?? -1;
      const iteration = columns.iteration[index] ?? -1;
      all.push({
        ...labels,
        value: columns.value[index] ?? NaN,
        at: columns.at[index] ?? NaN,
        trial: columns.trial[index] ?? NaN,
        ...(guest === -1 ? {} : { guest }),
        ...(iteration === -1 ? {} : { iteration }),
      });
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

const text = fc.string({ unit: 'binary', maxLength: 12 });
const level = fc.oneof(text, fc.integer(), fc.boolean());
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const sample = fc.record(
  {
    metric: fc.constantFrom('a', 'b', 'creation.total'),
    value: number,
    unit: fc.constantFrom('s', 'B/s'),
    arm: fc.dictionary(
      fc.oneof(text, fc.constantFrom('at', 'value', 'trial')).filter((key) => key !== '__proto__'),
      level,
      { maxKeys: 3 },
    ),
    trial: fc.nat(),
    kind: fc.constantFrom('measured' as const, 'simulated' as const),
    job: text,
    percentile: fc.constantFrom(50, 99.9),
    guest: fc.nat(),
    iteration: fc.nat(),
  },
  { requiredKeys: ['metric', 'value', 'unit', 'arm', 'trial', 'kind'], noNullPrototype: true },
);

describe('readSamples', () => {
  it('reads back whatever was written, in any order of shapes and keys', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), (drawn) => {
        const written = [...drawn, ...drawn].map((each, at) => ({ ...each, at }));
        writeFileSync(path, written.map((each) => `${JSON.stringify(each)}\n`).join(''));
        expect(samplesOf(path)).toEqual(JSON.parse(JSON.stringify(written)));
      }),
      { numRuns: 200 },
    );
  });

  it('reads lines that do not fit into one chunk, and numbers of full precision', () => {
    const long = { ...one, job: 'j'.repeat(3_000_000) };
    const written = [one, long, { ...one, value: 0.1 + 0.2 }, { ...one, value: -1.5e-7 }].map(
      (each, at) => ({ ...each, at }),
    );
    writeFileSync(path, written.map((each) => `${JSON.stringify(each)}\n`).join(''));
    expect(samplesOf(path)).toEqual(written);
  });

  it('ignores a last line that was cut off, and says so', () => {
    const line = JSON.stringify(one);
    writeFileSync(path, `${line}\n${line}\n${line.slice(0, 40)}`);
    const { count, warnings } = readSamples(path);
    expect(count).toBe(2);
    expect(warnings).toEqual([`${path}:3: the last line is cut off (killed writer); ignored`]);
  });

  it.each([
    ['{"metric":', 'expected one sample as JSON, got "{\\"metric\\":"'],
    ['', 'expected one sample as JSON, got an empty line'],
    [JSON.stringify({ ...one, value: 'fast' }), 'value: Invalid input: expected number'],
    [JSON.stringify({ ...one, trial: 1.5 }), 'trial: '],
    [JSON.stringify({ ...one, colour: 'red' }), 'Unrecognized key: "colour"'],
  ])('names file and line of a line that is no sample: %s', (broken, message) => {
    const line = JSON.stringify(one);
    writeFileSync(path, `${line}\n${line}\n${broken}\n${line}\n`);
    let thrown: unknown;
    try {
      readSamples(path);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect((thrown as UserError).message).toContain(`${path}:3: `);
    expect((thrown as UserError).message).toContain(message);
  });
});
