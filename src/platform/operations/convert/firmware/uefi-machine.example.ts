import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../lab/machines/identify.ts';
import { machineCommandLine } from '../../../lab/machines/command-line.ts';
import { machineFiles, type MachineHost } from '../../../lab/machines/plan.ts';
import { startQemu, type Machine } from '../../../lab/machines/process.ts';
import type { MachinesRecord } from '../../../lab/lab-record.ts';
import { markedShell } from '../../../lab/marked-shell.ts';
import { localShell } from '../../../remote/local.ts';
import { loadOption } from '../inspect/boot-entries.example.ts';
import { bootVariables } from './bring-firmware.ts';
import { espNode, makeUefiDisk, runTool } from './esp.example.ts';
import type { Ovmf } from './ovmf.ts';
import { withVariables } from './variable-store.ts';

/** Where a plain machine's disk has its only partition, and that one's size, in MiB. */
const root = { at: 1, mebibytes: 3072 };

/**
 * A plain machine of a lab as one that starts by UEFI: its firmware has an entry for GRUB on a partition
 * of its own, whose configuration is where Debian has it; and, where it is asked for, with a second disk
 * without partitions.
 */
export class UefiMachine {
  readonly #lab: MachinesRecord;
  readonly #host: MachineHost;
  readonly #ovmf: Ovmf;
  readonly #work: string;
  #disks = 1;

  /** @param work folder for its disks and variables */
  constructor(lab: MachinesRecord, host: MachineHost, ovmf: Ovmf, work: string) {
    this.#lab = lab;
    this.#host = host;
    this.#ovmf = ovmf;
    this.#work = work;
  }

  get #files() {
    const file = (name: string) => join(this.#work, name);
    return { base: file('uefi.raw'), variables: file('variables.fd'), data: file('data.raw') };
  }

  /** Its disks as new; it does not run. */
  make(disks: 1 | 2): void {
    this.#disks = disks;
    const { base, variables, data } = this.#files;
    const plain = this.#host.image.disk;
    mkdirSync(this.#work, { recursive: true });
    const at = ['-p', '-O', String(root.at * 2 ** 20), '-o', 'value', '-s', 'UUID'];
    const uuid = runTool('blkid', [...at, plain]).trim();
    const stub = [
      `search.fs_uuid ${uuid} root`,
      "set prefix=($root)'/boot/grub'",
      'configfile $prefix/grub.cfg',
    ];
    const loaders = { '/EFI/debian/grubx64.efi': stub };
    const { rootAt } = makeUefiDisk(base, loaders, root.mebibytes);
    const copy = ['bs=1M', 'conv=notrunc,sparse', 'status=none', `of=${base}`];
    runTool('dd', [`if=${plain}`, `skip=${root.at}`, `seek=${rootAt}`, ...copy]);
    const { disk } = machineFiles(this.#host);
    runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', disk]);
    runTool('truncate', ['-s', '256M', data]);
    runTool('mke2fs', ['-q', '-F', '-t', 'ext4', data]);
    const option = loadOption({ file: '\\EFI\\debian\\grubx64.efi', disk: espNode() });
    const own = bootVariables([{ number: '0005', option }]);
    writeFileSync(variables, withVariables(readFileSync(this.#ovmf.variables), own));
  }

  /** Starts it on the disks that it has. */
  async power(): Promise<Machine> {
    const { variables, data } = this.#files;
    const flash = 'if=pflash,format=raw';
    const shell = markedShell(localShell, this.#lab.mark);
    const machine = await startQemu(shell, this.#lab, this.#host, [
      ...machineCommandLine(this.#host, this.#lab, { incoming: false }),
      ...['-drive', `${flash},unit=0,readonly=on,file=${this.#ovmf.code}`],
      ...['-drive', `${flash},unit=1,file=${variables}`],
      ...(this.#disks === 1
        ? []
        : ([
            ...(['-drive', `file=${data},if=none,id=data,format=raw`] as const),
            ...(['-device', 'virtio-blk-pci,drive=data'] as const),
          ] as const)),
    ]);
    await machine.qmp.execute('cont', {});
    return machine;
  }

  /** The same; resolves when its own system answers. */
  async start(seconds: number): Promise<void> {
    const machine = await this.power();
    try {
      await identify(this.#lab, machine, seconds);
    } finally {
      machine.leave();
    }
  }
}
