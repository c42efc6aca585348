import { UserError } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { parseInfo, type XenInfo } from './parse/info.ts';
import { xl, xlWords } from './xl.ts';

/** The first whose xl knows PVH guests as they are now. */
const oldest = [4, 11] as const;

/** Seconds: a toolstack that hangs is none. */
const limit = { timeout: 20 };

/** What `xl info` says. */
export async function xenInfo(shell: Shell): Promise<XenInfo> {
  return parseInfo(await xl(shell, ['info'], limit));
}

/**
 * Xen and its scheduler, as the toolstack of dom0 tells.
 * @throws UserError if Xen does not run there, or its toolstack is missing, broken, or too old
 */
export async function versions(shell: Shell): Promise<Record<string, string>> {
  const info = await xenInfo(shell).catch(async (cause: unknown) => {
    throw await whyNoXen(shell, cause);
  });
  const [major = 0, minor = 0] = info.version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new UserError({
      message: `expected Xen ${oldest.join('.')} or newer on ${shell.host}, found ${info.version}`,
      remedy: 'Install a newer one there.',
    });
  }
  try {
    await shell.run(['sh', '-c', 'command -v xenstore-watch'], limit);
  } catch (cause) {
    if (!(cause instanceof CommandError) || cause.code === undefined) throw cause;
    throw new UserError(
      {
        message: `expected xenstore-watch on ${shell.host}, found none`,
        remedy: 'On Debian or Ubuntu: sudo apt-get install xenstore-utils',
      },
      { cause },
    );
  }
  return { xen: info.version, 'xen scheduler': info.scheduler };
}

/** What the kernel says: under Xen or not, and whether it is dom0. */
const look =
  'cat /sys/hypervisor/type 2>/dev/null || echo none; ' +
  'cat /proc/xen/capabilities 2>/dev/null || echo none; command -v xl || echo none; id -u';

async function whyNoXen(shell: Shell, cause: unknown): Promise<Error> {
  const told = await shell.run(['sh', '-c', look], limit).catch(() => undefined);
  if (told === undefined || !(cause instanceof CommandError)) return cause as Error;
  const [type, capabilities = '', program, user] = told.stdout.split('\n');
  const { host } = shell;
  const fail = (message: string, remedy: string) => new UserError({ message, remedy }, { cause });
  if (type !== 'xen') {
    return fail(
      `expected Xen to run on ${host}: no Xen is booted there`,
      'Install a Xen system (Debian: xen-system-amd64) and choose it in the boot menu.',
    );
  }
  if (!capabilities.includes('control_d')) {
    return fail(
      `expected ${host} to be a Xen host (dom0): it is a guest of Xen, or xenfs is not mounted`,
      'Name the host itself in the inventory; as root there: mount -t xenfs xenfs /proc/xen',
    );
  }
  if (program === 'none') {
    return fail(
      `expected xl on ${host}, found none`,
      'On Debian or Ubuntu: sudo apt-get install xen-utils',
    );
  }
  if (user !== '0') {
    return fail(`expected root on ${host}: xl works for nobody else`, 'Set user: root.');
  }
  return fail(
    `expected the toolstack of Xen to answer on ${host}: ${xlWords(cause)}`,
    "Its version must be that of the running Xen, and xenstored must run: 'xl info' says more.",
  );
}
