import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inventoryPath } from './inventory-path.ts';

let state: string;
beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'virtgauge-labs-'))));
afterEach(() => rmSync(state, { recursive: true }));

const make = (...names: string[]) => {
  for (const name of names) mkdirSync(join(state, 'labs', name), { recursive: true });
};
const inventory = (name: string) => join(state, 'labs', name, 'inventory.yaml');

it('leaves a path as it is', () => {
  expect(inventoryPath('hosts.yaml', state)).toBe('hosts.yaml');
  expect(inventoryPath('./lab', state)).toBe('./lab');
});

it('finds a lab by its name, and the only one without', () => {
  make('mine');
  expect(inventoryPath('lab', state)).toBe(inventory('mine'));
  expect(inventoryPath('lab:mine', state)).toBe(inventory('mine'));
  make('lab');
  expect(inventoryPath('lab', state)).toBe(inventory('lab'));
});

it('says which labs there are', () => {
  expect(() => inventoryPath('lab', state)).toThrow('virtgauge lab up');
  make('a', 'b');
  expect(() => inventoryPath('lab', state)).toThrow('there are a, b');
  expect(() => inventoryPath('lab:c', state)).toThrow('lab called c');
});
