import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  formatLine,
  ledgerFileName,
  ledgerFolder,
  listLedgers,
  readLedger,
  shrinkLedger,
} from './ledger-file.ts';
import { currentOwner } from './owner.ts';

let state: string;
let path: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'virtgauge-state-'));
  path = join(ledgerFolder(state), ledgerFileName('run', currentOwner(), 1));
  mkdirSync(dirname(path));
});
afterEach(() => rmSync(state, { recursive: true }));

const entered = (id: number) => ({
  id,
  resource: { kind: 'directory', path: `/nowhere/${id}`, token: '0123456789abcdef' } as const,
});
const enteredLine = (id: number) => formatLine({ entered: id, resource: entered(id).resource });

it('lists ledgers with their label and owner, and nothing else', () => {
  const label = '2026-11-21-quickstart-41c7';
  const names = [
    ledgerFileName(label, currentOwner(), 1),
    ledgerFileName(label, currentOwner(), 2),
  ];
  for (const name of [...names, 'notes.txt', `${names[0]}.123`]) {
    writeFileSync(join(dirname(path), name), '');
  }
  expect(listLedgers(state)).toEqual(
    names.sort().map((name) => ({ path: join(dirname(path), name), label, owner: currentOwner() })),
  );
  expect(listLedgers(join(state, 'none'))).toEqual([]);
});

it('holds what was entered and not released', () => {
  const lines = [enteredLine(1), enteredLine(2), formatLine({ released: 1 }), enteredLine(3)];
  writeFileSync(path, lines.join(''));
  expect(readLedger(path)).toEqual({ open: [entered(2), entered(3)], unreadable: [] });
});

it('cut off anywhere, still holds everything of its whole lines', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, cut) => {
      const lines = Array.from({ length: count }, (_, index) => enteredLine(index));
      writeFileSync(path, lines.join(''));
      const size = cut % (lines.join('').length + 1);
      truncateSync(path, size);
      const whole = lines.join('').slice(0, size).split('\n').length - 1;
      expect(readLedger(path)).toEqual({
        open: Array.from({ length: whole }, (_, index) => entered(index)),
        unreadable: [],
      });
    }),
  );
});

it('keeps a whole line that this version cannot read', () => {
  const line = '{"entered":1,"resource":{"kind":"wormhole"}}';
  writeFileSync(path, `${line}\noops\n${enteredLine(2)}`);
  const content = { open: [entered(2)], unreadable: [line, 'oops'] };
  expect(readLedger(path)).toEqual(content);
  shrinkLedger(path, { ...content, open: [] });
  expect(readLedger(path)).toEqual({ ...content, open: [] });
});

it('goes with its last entry', () => {
  writeFileSync(path, enteredLine(1));
  shrinkLedger(path, { open: [], unreadable: [] });
  shrinkLedger(path, { open: [], unreadable: [] });
  expect(readdirSync(dirname(path))).toEqual([]);
});
