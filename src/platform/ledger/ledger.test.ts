import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { listLedgers, readLedger } from './ledger-file.ts';
import { openLedger } from './ledger.ts';
import type { Resource } from './resource.ts';

let stateDirectory: string;
let work: string;
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-ledger-')));
  stateDirectory = join(work, 'state');
});
afterEach(() => rmSync(work, { recursive: true }));

const open = () => openLedger({ stateDirectory, label: 'run-1' });
const file = (name: string): Resource => ({ kind: 'file', path: join(work, name) });
/** What the ledgers on disk hold. */
const onDisk = () => listLedgers(stateDirectory).flatMap(({ path }) => readLedger(path).open);

it('leaves no trace of a run that owns nothing', () => {
  open().close();
  expect(existsSync(stateDirectory)).toBe(false);
});

it('has every entry on disk when enter returns, until it is released', () => {
  const ledger = open();
  const first = ledger.enter(file('a'));
  const second = ledger.enter(file('b'));
  expect(onDisk()).toEqual([first, second]);
  expect(ledger.held).toEqual([first, second]);
  ledger.release(first);
  ledger.release(first);
  expect(onDisk()).toEqual([second]);
  ledger.release(second);
  ledger.close();
  expect(listLedgers(stateDirectory)).toEqual([]);
});

it('stays when something is held at its end', () => {
  const ledger = open();
  const entry = ledger.enter(file('a'));
  ledger.close();
  expect(onDisk()).toEqual([entry]);
  expect(() => ledger.enter(file('b'))).toThrow('closed');
});

it('is apart from another of the same process and label', async () => {
  const ledgers = [open(), open()];
  ledgers.forEach((ledger) => ledger.enter(file('a')));
  expect(listLedgers(stateDirectory).map(({ label }) => label)).toEqual(['run-1', 'run-1']);
  await ledgers[0]?.removeAll();
  ledgers[0]?.close();
  expect(onDisk()).toHaveLength(1);
});

it('removes what it holds, and keeps what it cannot remove', async () => {
  writeFileSync(join(work, 'a.qcow2'), '');
  mkdirSync(join(work, 'b'));
  const ledger = open();
  ledger.enter(file('a.qcow2'));
  const stuck = ledger.enter(file('b'));
  await expect(ledger.remove(stuck)).rejects.toThrow('expected a file');
  const { removed, failures } = await ledger.removeAll();
  ledger.close();
  expect(removed).toEqual([{ what: 'disk image', count: 1 }]);
  expect(failures).toHaveLength(1);
  expect(onDisk()).toEqual([stuck]);
  expect(readdirSync(work)).not.toContain('a.qcow2');
});

it('refuses an entry that it cannot record', () => {
  writeFileSync(stateDirectory, 'a file');
  expect(() => open().enter(file('a'))).toThrow(UserError);
  expect(() => open().enter(file('a'))).toThrow('VIRTGAUGE_STATE');
});
