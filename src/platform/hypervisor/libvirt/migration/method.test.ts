import { expect, it } from 'vitest';
import type { MigrationMethod } from '../../migration.ts';
import { defaultUri, expectKnownMethod, migrateArguments } from './method.ts';

const MiB = 2 ** 20;
const usual: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0.5, disk: 'shared', multifd: 0, xbzrle: false },
  ...{ autoConverge: false, downtimeLimit: 0.3, bandwidth: undefined, transport: 'direct' },
  timeout: 60,
};

function argumentsOf(changes: Partial<MigrationMethod>, unsafe = false): string {
  return migrateArguments({
    ...{ domain: 'vg-1-0-123456', uri: 'qemu+tcp://10.77.0.2/system', address: '10.77.0.2' },
    ...{ xml: '/run/vg/target.xml', method: { ...usual, ...changes }, disk: 'vda', unsafe },
  }).join(' ');
}

const always =
  'migrate --live --abort-on-error --domain vg-1-0-123456 --desturi qemu+tcp://10.77.0.2/system --xml /run/vg/target.xml';

it.each<[Partial<MigrationMethod>, string]>([
  [{}, '--migrateuri tcp://10.77.0.2'],
  [{ transport: 'p2p' }, '--p2p --migrateuri tcp://10.77.0.2'],
  [{ transport: 'tunnelled' }, '--p2p --tunnelled'],
  [{ disk: 'mirror' }, '--migrateuri tcp://10.77.0.2 --copy-storage-all --migrate-disks vda'],
  [{ multifd: 3 }, '--migrateuri tcp://10.77.0.2 --parallel --parallel-connections 3'],
  [{ xbzrle: true }, '--migrateuri tcp://10.77.0.2 --comp-methods xbzrle'],
  [{ autoConverge: true }, '--migrateuri tcp://10.77.0.2 --auto-converge'],
  [{ bandwidth: 100_000_000 }, '--migrateuri tcp://10.77.0.2 --bandwidth 95'],
  [{ method: 'post-copy' }, '--migrateuri tcp://10.77.0.2 --postcopy'],
  [
    { method: 'post-copy', bandwidth: 8 * MiB },
    '--migrateuri tcp://10.77.0.2 --postcopy --bandwidth 8 --postcopy-bandwidth 8',
  ],
])('moves %j', (changes, expected) => {
  expect(argumentsOf(changes)).toBe(`${always} ${expected}`);
});

it('says that a disk is shared only where libvirt does not know it', () => {
  expect(argumentsOf({}, true)).toContain('--unsafe');
  expect(argumentsOf({}, false)).not.toContain('--unsafe');
  expect(argumentsOf({ disk: 'mirror' }, true)).not.toContain('--unsafe');
});

it('reaches hosts by name and by either kind of address', () => {
  expect(defaultUri('h2.lab')).toBe('qemu+tcp://h2.lab/system');
  expect(defaultUri('fd00::2')).toBe('qemu+tcp://[fd00::2]/system');
});

it.each<[Partial<MigrationMethod>, string]>([
  [{ transport: 'tunnelled', disk: 'mirror' }, 'transport: tunnelled with disk: mirror'],
  [{ transport: 'tunnelled', multifd: 2 }, 'transport: tunnelled with multifd'],
  [{ transport: 'tunnelled', method: 'post-copy' }, 'transport: tunnelled with method: post-copy'],
  [{ method: 'post-copy', disk: 'mirror' }, 'method: post-copy with disk: mirror'],
  [{ method: 'post-copy', multifd: 2 }, 'method: post-copy with multifd'],
  [{ bandwidth: MiB - 1 }, 'a bandwidth below 1 MiB/s'],
])('refuses %j', (changes, what) => {
  const message = `expected a way to migrate that libvirt knows, got ${what}`;
  expect(() => expectKnownMethod({ ...usual, ...changes })).toThrow(message);
});

it('refuses nothing else', () => {
  for (const transport of ['direct', 'p2p', 'tunnelled'] as const) {
    expect(() => expectKnownMethod({ ...usual, transport, bandwidth: MiB })).not.toThrow();
  }
});
