import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicClock } from '../../../../base/clock.ts';
import { compileProgram } from '../../../programs/compile.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import { loadInventory } from '../../../remote/inventory/load.ts';
import { localShell } from '../../../remote/local.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';

/** Program of the machine that serves and witnesses, started by its init at each boot. */
const service = `#!/bin/sh
until ip -4 -o addr show br0 | grep -q inet; do sleep 0.1; done
# The witness goes on behind what it has on the disk.
w=/var/lib/vg/witness
highest=$(/usr/sbin/vg-guest witness-check --file $w --bytes 4194304 --acknowledged 0 2> /dev/null |
  sed 's/.*"highest":\\([0-9]*\\).*/\\1/')
/usr/sbin/vg-guest witness --file $w --bytes 4194304 --start $((highest + 1)) --rate 40 --report REPORT --quiet &
exec /usr/sbin/vg-guest serve --udp 7 --http 80
`;

/** Puts a service and a write witness on a machine, and starts them. */
export async function installService(shell: Shell, report: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-switch-'));
  try {
    const program = join(folder, 'vg-guest');
    await compileProgram('vg-guest', program, localShell);
    await shell.upload(program, '/usr/sbin/vg-guest');
  } finally {
    rmSync(folder, { recursive: true });
  }
  await shell.writeFile('/usr/sbin/service', service.replace('REPORT', report));
  const script =
    'truncate -s 4M /var/lib/vg/witness; chmod 755 /usr/sbin/service; echo "::once:/usr/sbin/service" >> /etc/inittab; sync';
  await shell.run(['sh', '-c', script]);
  await shell.start(['setsid', '/usr/sbin/service']);
}

/** The numbers that a witness has acknowledged to us. */
export class Acknowledged {
  readonly #socket: Socket;
  highest = 0;
  /** Seconds without any, where it was more than 0.3: when it began, and how long. */
  readonly gaps: { at: number; seconds: number }[] = [];
  #last: number | undefined;

  /** @param port a free one by default */
  constructor(port = 0) {
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (text) => {
      const number = Number(/^VG1 ack (\d+) /.exec(text.toString())?.[1] ?? 0);
      this.highest = Math.max(this.highest, number);
      const now = monotonicClock.now();
      const seconds = now - (this.#last ?? now);
      if (seconds > 0.3) this.gaps.push({ at: this.#last ?? now, seconds });
      this.#last = now;
    });
    this.#socket.bind(port);
  }

  /** Where it listens, a moment after it was made. */
  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

/** What a conversion has to know of a plain machine of a lab. */
export async function factsOf(shell: Shell, address: string): Promise<SourceFacts> {
  const say = async (line: string) => (await shell.run(['sh', '-c', line])).stdout.trim();
  const kilobytes = Number(await say("sed -n 's/^MemTotal: *\\([0-9]*\\) .*/\\1/p' /proc/meminfo"));
  return {
    disks: [{ path: '/dev/vda', bytes: 512 * Number(await say('cat /sys/class/block/vda/size')) }],
    nic: { name: 'eth0', mac: await say('cat /sys/class/net/eth0/address'), alone: true },
    address: `${address}/24`,
    memory: kilobytes * 1024,
    vcpus: 1,
    kernel: {
      version: await say('uname -r'),
      image: '/boot/vmlinuz',
      initramfs: '/boot/initrd.img',
      commandLine: (await say('cat /proc/cmdline')).replace(/BOOT_IMAGE=\S+ ?/, ''),
    },
    drivers: ['virtio_pci', 'virtio_blk', 'virtio_net'],
    firmware: 'bios',
    grubConfig: '/boot/grub/grub.cfg',
    lockdown: false,
  };
}

/** Connects to the hosts of a lab, in their order. */
export async function hostsOf(inventoryPath: string): Promise<Host[]> {
  const { hosts } = loadInventory(inventoryPath);
  return Promise.all(hosts.map((entry) => connectHost(entry)));
}
