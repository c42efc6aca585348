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
const folder = (name: string): Resource => ({
  kind: 'directory',
  path: join(work, name),
  token: '0123456789abcdef',
});
/** What the ledgers on disk hold. */
const onDisk = () => listLedgers(stateDirectory).flatMap(({ path }) => readLedger(path).open);

it('leaves no trace of a run that owns nothing', () => {
  open().close();
  expect(existsSync(stateDirectory)).toBe(false);
});

it('has every entry on disk when enter returns, until it is released', () => {
  const ledger = open();
  const first = ledger.enter(folder('a'));
  const second = ledger.enter(folder('b'));
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
  const entry = ledger.enter(folder('a'));
  ledger.close();
  expect(onDisk()).toEqual([entry]);
  expect(() => ledger.enter(folder('b'))).toThrow('closed');
});

it('is apart from another of the same process and label', async () => {
  const ledgers = [open(), open()];
  ledgers.forEach((ledger) => ledger.enter(folder('a')));
  expect(listLedgers(stateDirectory).map(({ label }) => label)).toEqual(['run-1', 'run-1']);
  await ledgers[0]?.removeAll();
  ledgers[0]?.close();
  expect(onDisk()).toHaveLength(1);
});

it('removes what it holds, and keeps what it cannot remove', async () => {
  mkdirSync(join(work, 'a'));
  mkdirSync(join(work, 'b'));
  writeFileSync(join(work, 'b', 'thesis.tex'), '');
  const ledger = open();
  ledger.enter(folder('a'));
  const stuck = ledger.enter(folder('b'));
  await expect(ledger.remove(stuck)).rejects.toThrow('it is not empty');
  const { removed, failures } = await ledger.removeAll();
  ledger.close();
  expect(removed).toEqual([{ what: 'work folder', count: 1 }]);
  expect(failures).toHaveLength(1);
  expect(onDisk()).toEqual([stuck]);
  expect(readdirSync(work)).not.toContain('a');
});

it('refuses an entry that it cannot record', () => {
  writeFileSync(stateDirectory, 'a file');
  expect(() => open().enter(folder('a'))).toThrow(UserError);
  expect(() => open().enter(folder('a'))).toThrow('VIRTGAUGE_STATE');
});
