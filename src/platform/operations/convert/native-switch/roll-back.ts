import { UserError } from '../../../../base/errors.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type { ConversionSource } from '../conversion.ts';
import { guestFolder } from '../vmm-image/order.ts';
import type { SwitchedMachine } from './enter.ts';

/** Seconds for the machine's system to end by itself. */
const patience = 60;

/** Waits for the guest to end, and ends it where it does not. */
const endGuest = `pid=$(cat ${guestFolder}/pid) || exit 0
for i in $(seq "$1"); do
  kill -0 "$pid" 2> /dev/null || exit 0
  sleep 1
done
kill -9 "$pid" 2> /dev/null || :`;

/**
 * Before the commit: ends the guest, if one runs, and lets the machine start its own system again. Its hardware
 * restarts; that its system answers, and clearing its boot path then, is the caller's.
 * @param source without a shell: it does not answer, so its guest is not asked to end by itself
 * @throws UserError if the tombstone is set: then only the operator knows who shall run
 */
export async function leaveVmm(
  source: Pick<ConversionSource, 'name'> & { shell?: ConversionSource['shell'] },
  { vmm }: Pick<SwitchedMachine, 'vmm'>,
  path: BootPath,
): Promise<void> {
  if (await isBuried(vmm.shell, path)) {
    throw new UserError({
      where: source.name,
      message: 'expected a conversion before its commit, got one whose tombstone is set',
      remedy: 'See virtgauge p2v status, then virtgauge p2v decide.',
    });
  }
  await vmm.shell.run(['touch', '/run/vm/held'], { timeout: 30 });
  // As a guest it is the same system, at the same address.
  source.shell?.lostPower?.();
  const asked = source.shell?.run(['poweroff'], { timeout: 30 });
  asked?.catch(() => undefined);
  await vmm.shell.run(['sh', '-c', endGuest, 'sh', String(source.shell ? patience : 0)], {
    timeout: 2 * patience,
  });
  await vmm.shell.start(['sh', '-c', 'sync; sleep 0.2; reboot -f']);
  vmm.shell.lostPower?.();
  source.shell?.lostPower?.();
}
