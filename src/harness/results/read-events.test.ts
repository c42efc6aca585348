import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readEvents } from './read-events.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (...lines: string[]) => writeFileSync(join(folder, 'events.ndjson'), lines.join('\n'));
const read = (...trials: number[]) => [...readEvents(folder, new Set(trials))];

it('gives the events of the trials asked for', () => {
  write(
    '{"trial":1,"event":"outage","at":1.5,"observer":"network","figures":{"duration":0.2}}',
    '{"trial":11,"event":"outage","at":2}',
    '{"event":"migration.stop","at":3,"trial":1}',
    '',
  );
  expect(read(1)).toEqual([
    { trial: 1, event: 'outage', at: 1.5, observer: 'network', figures: { duration: 0.2 } },
    { trial: 1, event: 'migration.stop', at: 3 },
  ]);
  expect(read(2)).toEqual([]);
});

it('leaves out a last line that is cut off', () => {
  write('{"trial":1,"event":"outage","at":1.5}', '{"trial":1,"event":"out');
  expect(read(1)).toHaveLength(1);
});

it('has none where there is no file, and does not look where none is asked for', () => {
  expect(read(1)).toEqual([]);
  write('broken', '');
  expect(read()).toEqual([]);
});

it.each(['broken', '{"trial":1,"event":"outage","at":null}', '{"trial":1,"event":"x","at":1,"y":2}'])(
  'names the line %s',
  (line) => {
    write('{"trial":1,"event":"outage","at":1.5}', line, '');
    expect(() => read(1)).toThrow(UserError);
    expect(() => read(1)).toThrow(/events\.ndjson:2: expected/);
  },
);

it('gives the events of the names asked for, and passes the others over unread', () => {
  write(
    '{"trial":1,"event":"sentinel","at":1,"phase":"shared"}',
    '{"trial":1,"event":"outage","at":"broken"}',
    '{"trial":1,"event":"phase-end","phase":"sentinel","at":2}',
    '',
  );
  const found = [...readEvents(folder, new Set([1]), ['sentinel'])];
  expect(found).toEqual([{ trial: 1, event: 'sentinel', at: 1, phase: 'shared' }]);
});
