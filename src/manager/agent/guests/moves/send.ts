import { stat } from 'node:fs/promises';
import { UserError } from '../../../../base/errors.ts';
import type { Guest } from '../../../../platform/hypervisor/hypervisor.ts';
import type {
  MigrationMethod,
  MigrationOutcome,
} from '../../../../platform/hypervisor/migration.ts';
import { proveEnded } from '../../../../platform/operations/prove-ended.ts';
import type { Identity } from '../../../wire/certificates/identity.ts';
import type { Awaited } from '../../runner.ts';
import { awaitedNote } from './arrival.ts';
import { OtherEnd, type ArrivalCall } from './tunnel-client.ts';

/** How guests are moved where nobody says otherwise. */
export const usualMethod: Omit<MigrationMethod, 'disk'> = {
  ...{ method: 'pre-copy', postCopyAfter: 1, multifd: 0, xbzrle: false, autoConverge: true },
  ...{ downtimeLimit: 0.3, bandwidth: undefined, transport: 'direct', timeout: 300 },
};

export interface Sending {
  readonly guest: Guest;
  readonly to: Awaited & { readonly host: string };
  readonly self: () => Identity;
  /** Id of the storage that its disk is on here. */
  readonly storage: string;
  readonly instance: string | undefined;
  /** Disks that were plugged in. */
  readonly plugged: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a hypervisor's move has to go by. */
export interface Move extends Pick<Sending, 'guest' | 'plugged' | 'signal'> {
  readonly other: OtherEnd;
  readonly arrival: ArrivalCall;
}

/**
 * Moves a guest to where it is awaited; nothing of it is left here.
 * @param move of its hypervisor, to the end or to where it was
 * @throws Error that says why it was not moved; it runs here then, or the message says what became of it
 */
export async function send(
  { guest, to, self, storage, instance, plugged, signal }: Sending,
  move: (move: Move) => Promise<MigrationOutcome>,
): Promise<void> {
  const { secret, storage: theirs } = awaitedNote.parse(JSON.parse(to.note ?? '{}'));
  const disk = theirs === storage ? 'shared' : 'mirror';
  if (disk === 'mirror' && Object.keys(plugged).length > 0) {
    throw new Error('disks that were plugged in are moved on shared storage only');
  }
  const { vcpus, memory, maximum, cpu, accelerator } = guest.spec;
  const started = { vcpus, memory, cpu, accelerator, ...(maximum && { maximum }) };
  const { size: bytes } = await stat(guest.spec.disk.path);
  const other = new OtherEnd({ address: to.address, host: to.host, secret, self });
  try {
    const arrival = { disk, bytes, started } as const;
    const outcome = await move({ guest, plugged, signal, other, arrival });
    if (outcome.state === 'not-converged') {
      const { timeout } = usualMethod;
      throw new Error(`it writes its memory faster than it can be sent (${timeout} s)`);
    }
    if (outcome.state === 'failed') throw new Error(outcome.reason);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Error(error.problems.map(({ message }) => message).join('; '), { cause: error });
  } finally {
    other.close();
  }
  const proof = proveEnded(guest);
  await other.ask({ ask: 'taken', instance, plugged }, 120);
  const doubt = await proof;
  if (doubt !== undefined) throw new Error(`it runs there, and is not proven gone here: ${doubt}`);
}
