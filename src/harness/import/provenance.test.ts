import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readProvenance } from './provenance.ts';
import { templates } from './templates.ts';

let place: string;
let file: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-provenance-'));
  file = join(place, 'p.yaml');
});
afterEach(() => rmSync(place, { recursive: true }));

const fromText = (text: string, options = {}) => {
  writeFileSync(file, text);
  return readProvenance(file, options);
};

it('reads the template, and lets options come first', () => {
  expect(fromText(templates.provenance, { version: '3.5' })).toMatchObject({
    ...{ system: 'VMware ESX Server', version: '3.5', measuredAt: '2008-05' },
  });
});

it('takes all from options', () => {
  const all = {
    ...{ system: 'ESX', version: '3', hardware: 'x', measuredBy: 'y', measuredAt: '2008-02-29' },
    source: 'z',
  };
  expect(readProvenance(undefined, all)).toEqual(all);
});

it('names all that is missing, once', () => {
  expect(() => readProvenance(undefined, { system: 'ESX' })).toThrow(
    /version, hardware, measuredBy, measuredAt, source are missing[^]*--hardware/,
  );
  expect(() => fromText('# nothing yet\n', { system: 'ESX' })).toThrow('hardware');
  expect(() => fromText(templates.provenance.replace(/^hardware.*$/m, ''))).toThrow(
    'hardware is missing',
  );
});

it.each([
  ['version: "3.0.1"', 'version: 3.5', /p\.yaml:3:10: version: expected a text, got 3\.5/],
  ['measuredAt: "2008-05"', 'measuredAt: "May 2008"', /p\.yaml:7:13: measuredAt: expected a year/],
  ['measuredAt: "2008-05"', 'measuredAt: "2008-13"', /measuredAt: expected a year/],
  ['hardware:', 'hardwear:', /p\.yaml:4:1: hardwear: unknown key[^]*did you mean "hardware"/],
  [
    'system: VMware ESX Server',
    'system: "\\e[31m"',
    /p\.yaml:2:9: system: expected a text without control/,
  ],
  [
    'system: VMware ESX Server',
    'system: "\\u202e"',
    /p\.yaml:2:9: system: expected a text without invisible/,
  ],
  ['system: VMware ESX Server', 'system: " "', /system: expected a text that is not empty/],
])('says where %s is not as it should be: %s', (good, bad, message) => {
  expect(() => fromText(templates.provenance.replace(good, bad))).toThrow(message);
});

it('says which option is not as it should be', () => {
  expect(() => fromText(templates.provenance, { measuredAt: 'yesterday' })).toThrow(
    '--measured-at: expected a year, month or day such as "2008", "2008-05" or "2008-05-17", got "yesterday"',
  );
});
