import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../scenario/levels.ts';
import { savedStatesSpace } from './saved-states-space.ts';

const MiB = 2 ** 20;
const levels = (held: Partial<Levels>): Levels => ({
  ...levelsSchema.parse({}),
  storage: 'local',
  ...held,
});

it('counts a disk and a memory for each kind of restored guest, on each host', () => {
  const one = levels({ start: 'snapshot', memory: 100 * MiB });
  const more = { ...one, memory: 200 * MiB };
  const elsewhere = { ...one, emulator: '/opt/qemu/bin/qemu-system-x86_64' };
  const alike = { ...one, guests: 16, durability: 'buffered' as const };
  const booted = levels({ memory: 1000 * MiB });
  expect(savedStatesSpace(64 * MiB, [booted], 2)).toBe(0);
  expect(savedStatesSpace(64 * MiB, [one, alike, booted], 1)).toBe((64 + 105) * MiB);
  expect(savedStatesSpace(64 * MiB, [one, elsewhere], 1)).toBe(2 * (64 + 105) * MiB);
  expect(savedStatesSpace(64 * MiB, [one, alike, more], 2)).toBe(2 * (64 + 105 + 64 + 210) * MiB);
});
