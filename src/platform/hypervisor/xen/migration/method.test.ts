import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import type { MigrationMethod } from '../../migration.ts';
import { expectKnownMethod } from './method.ts';

const plain: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0.5, disk: 'shared', transport: 'direct', timeout: 60 },
  ...{ multifd: 0, xbzrle: false, autoConverge: false, downtimeLimit: 0.3, bandwidth: undefined },
};
const spec = { name: 'g', disk: { format: 'raw', cache: 'none' } } as GuestSpec;

function problemsOf(method: Partial<MigrationMethod>, disk: Partial<GuestSpec['disk']> = {}) {
  try {
    expectKnownMethod({ ...plain, ...method }, { ...spec, disk: { ...spec.disk, ...disk } });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

describe('expectKnownMethod', () => {
  it('takes the one way that Xen knows', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each([
    [{ method: 'post-copy' }, 'method: expected pre-copy for a migration on Xen, got post-copy'],
    [{ disk: 'mirror' }, 'disk: expected shared for a migration on Xen, got mirror'],
    [{ multifd: 4 }, 'multifd: expected 0 for a migration on Xen, got 4'],
    [{ xbzrle: true }, 'xbzrle: expected false for a migration on Xen, got true'],
    [{ autoConverge: true }, 'autoConverge: expected false for a migration on Xen, got true'],
    [{ bandwidth: 1000 }, 'bandwidth: expected unlimited for a migration on Xen, got 1000'],
    [{ transport: 'p2p' }, 'transport: expected direct for a migration on Xen, got p2p'],
  ] as const)('refuses %o', (method, message) => {
    expect(problemsOf(method)).toEqual([message]);
  });

  it('tells everything at once, disks that are not safe to move too', () => {
    expect(problemsOf({ xbzrle: true }, { format: 'qcow2', cache: 'writeback' })).toHaveLength(3);
  });
});
