import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRealServer } from '../../platform/front/prepare.ts';
import { neededLibraries } from '../../platform/guest/image/libraries.ts';
import type { VmmIdentity } from '../../platform/operations/convert/vmm-image/vmm.ts';
import { localShell } from '../../platform/remote/local.ts';

const libraries = 'lib/x86_64-linux-gnu';
const users = 'root:*:0:0:root:/root:/bin/sh\nsshd:*:100:65534:sshd:/run/sshd:/bin/false\n';
const settings = `HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/authorized_keys
StrictModes no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
`;

/**
 * Makes the micro guest on a disk one that serves behind a director by direct routing, as an image of
 * one's own would, and that answers to ssh with this machine's sshd.
 * @param disk file, raw
 * @param addresses of the services
 */
export async function makeServing(
  disk: string,
  addresses: readonly string[],
  { hostKey, authorizedKey }: Pick<VmmIdentity, 'hostKey' | 'authorizedKey'>,
): Promise<void> {
  const tree = mkdtempSync(join(tmpdir(), 'virtgauge-serving-'));
  await localShell.run(['mount', '-o', 'loop', disk, tree]);
  try {
    const found = await neededLibraries(
      localShell,
      `/usr/${libraries}`,
      ['/usr/sbin/sshd'],
      /^ld-linux/,
    );
    const copy = ['cp', '--dereference', '--no-clobber'] as const;
    await localShell.run([...copy, '/usr/sbin/sshd', join(tree, 'usr/sbin/sshd')]);
    for (const [name, file] of found) {
      await localShell.run([...copy, file, join(tree, libraries, name)]);
    }
    mkdirSync(join(tree, 'etc/ssh'));
    writeFileSync(join(tree, 'etc/passwd'), users);
    writeFileSync(join(tree, 'etc/ssh/config'), settings);
    writeFileSync(join(tree, 'etc/ssh/host_key'), hostKey, { mode: 0o600 });
    writeFileSync(join(tree, 'etc/ssh/authorized_keys'), authorizedKey);
    const script = join(tree, 'etc/serve');
    writeFileSync(script, 'mkdir -p /run/sshd\n/usr/sbin/sshd -f /etc/ssh/config\n');
    const write = ([, , text]: readonly string[]) => {
      appendFileSync(script, `(${text})\n`);
      return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    };
    for (const address of addresses) {
      const how = { address, director: '', clients: [], forwarding: 'dr' } as const;
      await makeRealServer({ run: write }, how);
    }
    // Before it waits for its guest agent, when the network is there.
    const init = join(tree, 'sbin/init');
    const text = readFileSync(init, 'utf8');
    writeFileSync(init, text.replace(/^while :; do$/m, '. /etc/serve\n$&'));
  } finally {
    await localShell.run(['umount', tree]);
    rmSync(tree, { recursive: true });
  }
}
