import { UserError } from '../../../../base/errors.ts';
import type { MigrationMethod } from '../../migration.ts';
import { QmpError } from '../qmp.ts';
import type { End } from './end.ts';

/** More than any wire: QEMU's own default is a cap. */
const asFastAsItGoes = 2 ** 40;
const usualChannels = 2;

/** The capabilities that a method needs, on both ends. */
export function capabilitiesOf(method: MigrationMethod): string[] {
  const postCopy = method.method === 'post-copy';
  const wanted: Record<string, boolean> = {
    events: true,
    // The source calls it done only when the target has loaded all of it.
    'return-path': true,
    // The target touches the disk only when it is let go: until then the source may go back to it.
    'late-block-activate': true,
    'postcopy-ram': postCopy,
    'postcopy-blocktime': postCopy,
    multifd: method.multifd > 0,
    xbzrle: method.xbzrle,
    'auto-converge': method.autoConverge,
    'pause-before-switchover': method.disk === 'mirror',
  };
  return Object.keys(wanted).filter((name) => wanted[name]);
}

/** QEMU's parameters of a method; each is given, since an earlier migration may have left another. */
export function parametersOf(method: MigrationMethod): Record<string, number> {
  return {
    'downtime-limit': Math.round(method.downtimeLimit * 1000),
    'max-bandwidth': method.bandwidth ?? asFastAsItGoes,
    'max-postcopy-bandwidth': method.bandwidth ?? 0,
    'multifd-channels': method.multifd > 0 ? method.multifd : usualChannels,
  };
}

/**
 * Sets what the method needs on one end, and clears all else.
 * @throws UserError if this QEMU lacks a capability or refuses the combination
 */
export async function applySettings(end: End, method: MigrationMethod): Promise<void> {
  const { qmp, guest } = end;
  if (method.method === 'post-copy' && method.multifd > 0) await expectBothAtOnce(end);
  const wanted = new Set(capabilitiesOf(method));
  const present = await qmp.execute('query-migrate-capabilities', {});
  const lacking = [...wanted].filter((name) => !present.some((each) => each.capability === name));
  if (lacking.length > 0) {
    throw new UserError({
      message: `expected a QEMU that can migrate with ${lacking.join(', ')}, the one on ${guest.host.name} cannot`,
      remedy: 'Install a newer QEMU there, or leave out these levels.',
    });
  }
  const capabilities = present
    .map(({ capability, state }) => ({ capability, state, wanted: wanted.has(capability) }))
    .filter((each) => each.state !== each.wanted)
    .map((each) => ({ capability: each.capability, state: each.wanted }));
  try {
    if (capabilities.length > 0) await qmp.execute('migrate-set-capabilities', { capabilities });
    await qmp.execute('migrate-set-parameters', parametersOf(method));
  } catch (cause) {
    if (!(cause instanceof QmpError)) throw cause;
    throw new UserError(
      {
        message: `expected a way to migrate that QEMU on ${guest.host.name} knows, it refused: ${cause.message}`,
        remedy: 'Choose another combination of levels.',
      },
      { cause },
    );
  }
}

/**
 * Before QEMU 10.1 multifd and post-copy exclude each other; some versions, as 7.2, do not say so but
 * fail an assertion in the middle, with the guest lost.
 */
async function expectBothAtOnce({ qmp, guest }: End): Promise<void> {
  const { major, minor } = (await qmp.execute('query-version', {})).qemu;
  if (major > 10 || (major === 10 && minor >= 1)) return;
  throw new UserError({
    message: `expected post-copy without multifd, which go together from QEMU 10.1 on; ${guest.host.name} has ${major}.${minor}`,
    remedy: 'Set multifd to 0 for post-copy, or leave out the combination by `exclude`.',
  });
}
