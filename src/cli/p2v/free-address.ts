import { UserError } from '../../base/errors.ts';
import { firstGreeting } from '../../platform/operations/convert/vmm/greeting.ts';
import { addressesOf, type AddressRange } from '../../platform/remote/inventory/address-range.ts';
import { localShell } from '../../platform/remote/local.ts';
import { ownClock } from '../../platform/remote/this-machine.ts';

/** Addresses that are looked at: guests take theirs from the other end. */
const looked = 8;

/**
 * An address of the inventory's, from its end, at which nobody answers to a ping, and no sshd; with the length
 * of the prefix.
 * @throws UserError if the inventory has no addresses, or all that are looked at answer
 */
export async function freeAddress(range: AddressRange | undefined): Promise<string> {
  const candidates = range === undefined ? [] : [...addressesOf(range)].reverse().slice(0, looked);
  for (const address of candidates) {
    const [greeted, pinged] = await Promise.all([
      firstGreeting({ address }, ownClock, 1),
      answersPing(address),
    ]);
    if (greeted === undefined && !pinged) return `${address}/${range?.prefix ?? 24}`;
  }
  throw new UserError({
    message:
      range === undefined
        ? 'expected an address for what runs on the machine while it is converted, the inventory names none'
        : `expected an address that nobody has among the last ${looked} of the inventory, all answer`,
    remedy: 'Name one with the length of its prefix: --vmm-address 10.0.0.250/24.',
  });
}

/** Without the program `ping` nobody does. */
function answersPing(address: string): Promise<boolean> {
  return localShell.run(['ping', '-n', '-c', '1', '-W', '1', address], { timeout: 5 }).then(
    () => true,
    () => false,
  );
}
