import { UserError } from '../../base/errors.ts';
import type { Host } from '../../platform/remote/host.ts';

/** @throws UserError if it is somebody else who logs in */
export async function requireRoot({ name, shell }: Host): Promise<void> {
  const { stdout } = await shell.run(['id', '-u'], { timeout: 30 });
  if (stdout.trim() === '0') return;
  throw new UserError({
    where: name,
    message: 'expected to be root on the machine that is converted, got another user',
    remedy: 'Log in as root: user: root in the inventory, or root@address.',
  });
}
