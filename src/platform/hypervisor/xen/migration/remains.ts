import type { Shell } from '../../../remote/shell.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { domainName } from '../domain/domain-name.ts';
import type { DomainLine } from '../parse/list.ts';
import { deviceLimit, xl } from '../xl.ts';
import { endOn, incoming, migratedAway } from './ends.ts';
import { usualLimits } from './limits.ts';
import { wake } from './wake.ts';

// For whoever finds what a migration has left whose programs were killed in the middle.

/** Whether a guest runs under the name that it has only when it was let go. */
export async function runsOn(shell: Shell, spec: GuestSpec): Promise<boolean> {
  const all = await domainsOf(shell, spec);
  return all.some(({ name, state }) => name === domainName(spec) && state === 'running');
}

/** Gives a guest that did not get away its name again. It stays as it is. */
export async function nameAgain(shell: Shell, spec: GuestSpec): Promise<void> {
  const name = domainName(spec);
  const all = await domainsOf(shell, spec);
  if (all.some((one) => one.name === name)) return;
  const left = all.find((one) => one.name === migratedAway(name));
  if (left !== undefined) await xl(shell, ['rename', String(left.id), name]);
}

/** Lets a guest go on that is held, or has suspended itself for a migration. */
export async function goOn(guest: Guest): Promise<void> {
  const { spec } = guest;
  const { shell } = guest.host;
  const name = domainName(spec);
  const [left] = (await domainsOf(shell, spec)).filter((one) => one.name === name);
  if (left?.reason === 'suspended') await wake(shell, left, name);
  else await guest.resume();
}

/** Ends what has come of a guest that was not let go. */
export async function endIncoming(shell: Shell, spec: GuestSpec): Promise<void> {
  const name = incoming(domainName(spec));
  for (const one of (await domainsOf(shell, spec)).filter((each) => each.name === name)) {
    await xl(shell, ['destroy', String(one.id)], { timeout: deviceLimit });
  }
}

/** @throws Error if they are not known */
async function domainsOf(shell: Shell, spec: GuestSpec): Promise<readonly DomainLine[]> {
  const found = await endOn(shell, domainName(spec), usualLimits.answer);
  if (!found.known) throw new Error(`what Xen has of ${spec.name} is not known: ${found.why}`);
  return found.domains;
}
