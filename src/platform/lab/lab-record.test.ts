import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  forgetLab,
  labExists,
  labNames,
  readLab,
  recordLab,
  type LabRecord,
} from './lab-record.ts';
import { planMachines } from './machines/plan.ts';
import { planLab } from './namespaces/plan.ts';

let state: string;
beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'virtgauge-labs-'))));
afterEach(() => rmSync(state, { recursive: true }));

const record: LabRecord = {
  kind: 'namespaces',
  ...planLab({ name: 'mine', token: '0123456789abcdef', subnet: 3, parent: '/labs', hosts: 2 }),
  maker: '12-34-56-78-here',
  ...{ startedAt: '2026-11-20T10:00:00.000Z', libvirt: false, shared: 'moosefs', linkRate: 1e8 },
};

it('is read as it was written, until it is forgotten', () => {
  recordLab(state, record);
  expect(readLab(state, 'mine')).toEqual(record);
  expect(labNames(state)).toEqual(['mine']);
  expect(() => recordLab(state, record)).toThrow('virtgauge lab down mine');
  forgetLab(state, 'mine');
  expect(labExists(state, 'mine')).toBe(false);
  expect(labNames(state)).toEqual([]);
});

it('may be of machines, and of a version that knew no other labs than of namespaces', () => {
  const draw = { name: 'big', token: '0123456789abcdef', subnet: 3, parent: '/labs' };
  const image = { key: 'k', kernel: '/k', initramfs: '/i', append: 'quiet', disk: '/d' };
  const machines: LabRecord = {
    ...{ kind: 'machines', accelerator: 'tcg', diskCache: 'writeback', shared: 'nfs' },
    ...planMachines(draw, [{ machine: 'kvm', image, memory: 2 ** 31 }]),
    ...{ maker: record.maker, startedAt: record.startedAt },
  };
  recordLab(state, machines);
  expect(readLab(state, 'big')).toEqual(machines);
  // JSON leaves out what is undefined.
  recordLab(state, { ...record, kind: undefined } as unknown as LabRecord);
  expect(readLab(state, 'mine')).toEqual(record);
});

it('is not looked for, or removed, outside of its folder', () => {
  writeFileSync(join(state, 'thesis.tex'), '');
  for (const path of ['', '.', '..', '../..', '/', 'a/b']) {
    expect(() => labExists(state, path)).toThrow('lab: expected a name');
    expect(() => forgetLab(state, path)).toThrow('lab: expected a name');
  }
  expect(existsSync(join(state, 'thesis.tex'))).toBe(true);
});

it('that is not readable says so; one that was not written yet is no record', () => {
  mkdirSync(join(state, 'labs', 'half'), { recursive: true });
  expect(readLab(state, 'half')).toBeUndefined();
  writeFileSync(join(state, 'labs', 'half', 'lab.json'), '{"name":"half"}');
  expect(() => readLab(state, 'half')).toThrow('this version cannot read it');
});
