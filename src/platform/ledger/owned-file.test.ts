import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger, type Ledger } from './ledger.ts';
import { enterFile } from './owned-file.ts';

let work: string;
let ledger: Ledger;
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-owned-')));
  ledger = openLedger({ stateDirectory: join(work, 'state'), label: 'run-1' });
});
afterEach(() => {
  ledger.close();
  rmSync(work, { recursive: true });
});

it('is removed once it was made', async () => {
  const path = join(work, 'disk.qcow2');
  enterFile(ledger, path);
  writeFileSync(path, '');
  expect(await ledger.removeAll()).toMatchObject({ removed: [{ what: 'disk image', count: 1 }] });
  expect(readdirSync(work)).toEqual(['state']);
});

it('is never one that was there before', () => {
  writeFileSync(join(work, 'thesis.tex'), '');
  expect(() => enterFile(ledger, join(work, 'thesis.tex'))).toThrow('found something there');
  expect(ledger.held).toEqual([]);
});
