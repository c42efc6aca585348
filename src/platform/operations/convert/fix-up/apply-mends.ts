import { UserError } from '../../../../base/errors.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';
import { lvmDevicesFile } from '../inspect/index.ts';
import { look } from '../inspect/look.ts';
import { byUuid } from './by-uuid.ts';
import { driverArchive } from './driver-archive.ts';
import { keptFolder, keepAndRemove, keepAndReplace, undoMends } from './kept.ts';

/** Seconds for a command on the source; an initramfs is written and synced. */
const timeout = 120;

const linkFile = '/etc/systemd/network/10-virtgauge-name.link';

/** Files that may call a disk by its name; those that are not there are passed over. */
const configurations = `
for file in /etc/fstab /etc/crypttab /etc/default/grub /etc/kernel/cmdline "$1" \\
  /boot/loader/entries/*.conf /etc/initramfs-tools/conf.d/resume; do
  [ -f "$file" ] && echo "$file"
done
true`;

/**
 * Mends a running machine, so that its system starts in a guest as well as where it is. What is
 * replaced is kept, and comes back with `undoMends`; each file is replaced whole.
 * @returns what a conversion has to know of the mended machine
 * @throws UserError if it cannot be mended; it is as before then
 */
export async function applyMends(shell: Shell, facts: SourceFacts): Promise<SourceFacts> {
  const { mends } = facts;
  if (mends === undefined) return facts;
  // What another conversion has left, which ended without its end.
  await undoMends(shell);
  try {
    if (mends.nic !== undefined) await tieName(shell, mends.nic);
    if (Object.keys(mends.names).length > 0) {
      const listed = await look(shell, configurations, { args: [facts.grubConfig ?? ''] });
      for (const file of listed.split('\n').filter(Boolean)) {
        const text = (await shell.readFile(file)).toString('utf8');
        const changed = byUuid(text, mends.names);
        if (changed !== text) await keepAndReplace(shell, file, changed);
      }
    }
    if (mends.lvmDevices) await keepAndRemove(shell, lvmDevicesFile);
    if (mends.drivers) await addDrivers(shell, facts);
  } catch (cause) {
    await undoMends(shell);
    if (!(cause instanceof CommandError)) throw cause;
    throw new UserError(
      {
        where: shell.host,
        message: `expected to mend the machine for its life as a guest, got: ${cause.message}`,
        remedy: 'Its files are as before. Make room in /boot and /var, or mend it by hand.',
      },
      { cause },
    );
  }
  const { kernel } = facts;
  const commandLine = byUuid(kernel.commandLine, mends.names);
  return { ...facts, kernel: { ...kernel, commandLine } };
}

/** By a file of systemd's, which udev reads at every start. */
async function tieName(shell: Shell, { name, mac }: { name: string; mac: string }): Promise<void> {
  const script =
    'for d in /usr/lib /lib; do [ -x "$d/systemd/systemd-udevd" ] && exit; done; command -v systemd-udevd';
  await shell.run(['sh', '-c', script], { timeout }).catch((cause: unknown) => {
    throw new UserError(
      {
        where: shell.host,
        message: `expected systemd's udev, which can tie ${name} to ${mac}, found none`,
        remedy: 'Tie the name to its hardware address yourself, or name the interface eth0.',
      },
      { cause },
    );
  });
  await shell.run(['mkdir', '-p', '/etc/systemd/network'], { timeout });
  const text = `# Made by virtgauge: a guest has this card under another name.\n[Match]\nMACAddress=${mac}\nDriver=virtio_net\n\n[Link]\nName=${name}\n`;
  await keepAndReplace(shell, linkFile, text);
}

async function addDrivers(shell: Shell, { kernel }: SourceFacts): Promise<void> {
  const archive = await driverArchive(shell, kernel.version);
  const added = `${keptFolder}/drivers`;
  await shell.run(['mkdir', '-p', '--', keptFolder], { timeout });
  await shell.writeFile(added, archive);
  await keepAndReplace(shell, kernel.initramfs, { append: added });
}
