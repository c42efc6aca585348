import { expectName } from '../../../../base/name.ts';
import { markOf } from '../../../ledger/kinds/marked-processes.ts';
import type { GuestSpec } from '../../hypervisor.ts';

/**
 * What Xen calls a guest. On a host it must be the only one of its name, also among the guests of
 * other runs, and the ledger finds it by the end of its name: that is the beginning of the run's mark.
 * @throws UserError if the guest's name is none
 */
export function domainName({ name, environment }: Pick<GuestSpec, 'name' | 'environment'>): string {
  return `${expectName(name, 'guest')}-${shortMark(markOf(environment))}`;
}

/** The end of the names of a run's domains. */
export function shortMark(mark: string): string {
  return mark.slice(0, 8);
}

/** Whether a domain is one of a run's; also the two that there are while one is moved. */
export function isOfMark(domain: string, mark: string): boolean {
  return domain.replace(/--(incoming|migratedaway)$/, '').endsWith(`-${shortMark(mark)}`);
}
