import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../scenario/levels.ts';
import { savedKind } from './saved-kind.ts';

const levels = levelsSchema.parse({});

const apart: Partial<Levels>[] = [
  { emulator: '/opt/qemu/bin/qemu-system-x86_64' },
  { hypervisor: 'xen' },
  { cpu: 'qemu64' },
  { format: 'raw' },
];
it.each(apart)('is another one with %j', (other) => {
  expect(savedKind({ ...levels, ...other })).not.toBe(savedKind(levels));
});

const alike: Partial<Levels>[] = [{ guests: 7 }, { provisioning: 'copy' }, { pin: '0-3' }];
it.each(alike)('is the same with %j', (other) => {
  expect(savedKind({ ...levels, ...other })).toBe(savedKind(levels));
});
