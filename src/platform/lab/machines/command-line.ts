import type { Argv } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { hardwareOf } from './hardware.ts';
import { machineFiles, type MachineHost } from './plan.ts';

/** QEMU's name for the port by which a machine is told who it is. */
export const identityPort = 'machine';

type Outer = Pick<MachinesRecord, 'accelerator' | 'diskCache'>;

/**
 * What a saved state depends on: the machine that QEMU makes. Another one cannot load it.
 */
export function machineArguments(
  { machine, memory }: Pick<MachineHost, 'machine' | 'memory'>,
  { accelerator }: Pick<Outer, 'accelerator'>,
): string[] {
  const { type, cpu, vcpus } = hardwareOf(machine, accelerator);
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', type, '-cpu', cpu, '-smp', String(vcpus)],
    ...['-accel', accelerator === 'tcg' ? 'tcg,thread=multi' : 'kvm'],
    ...['-m', `${Math.ceil(memory / 2 ** 20)}M`],
    ...['-device', 'virtio-blk-pci,drive=disk0', '-device', 'virtio-rng-pci'],
    ...['-device', 'virtio-serial-pci'],
    ...['-device', `virtserialport,chardev=machine,name=vg.machine,id=${identityPort}`],
  ];
}

/**
 * The command line that starts a machine with its CPUs held.
 * @param incoming it waits for a saved state
 */
export function machineCommandLine(
  host: MachineHost,
  outer: Outer,
  { incoming }: { incoming: boolean },
): Argv {
  const files = machineFiles(host);
  const disk = [`file=${escape(files.disk)}`, 'if=none', 'id=disk0', 'format=qcow2'];
  const socket = (id: string, path: string) =>
    `socket,id=${id},path=${escape(path)},server=on,wait=off`;
  return [
    'qemu-system-x86_64',
    ...['-name', host.name, '-S', '-pidfile', files.pid],
    ...machineArguments(host, outer),
    ...boot(host.image),
    ...['-drive', [...disk, `cache=${outer.diskCache}`, 'discard=unmap'].join(',')],
    ...['-netdev', `tap,id=net0,ifname=${host.port},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=net0,mac=${host.mac},romfile=`],
    ...['-chardev', socket('monitor', files.monitor), '-mon', 'chardev=monitor,mode=control'],
    ...['-chardev', `file,id=console,path=${escape(files.console)}`, '-serial', 'chardev:console'],
    ...['-chardev', socket('machine', files.port)],
    ...(incoming ? ['-incoming', 'defer'] : []),
  ];
}

/** By QEMU where the image says how; else its disk has a boot loader. */
function boot({ kernel, initramfs, xen, append }: MachineHost['image']): string[] {
  if (kernel === undefined || initramfs === undefined) return [];
  if (xen === undefined) return ['-kernel', kernel, '-initrd', initramfs, '-append', append];
  // Xen gets its first guest's kernel, with that kernel's own arguments, and its initramfs as modules.
  const modules = [`${escape(kernel)} ${escape(append)}`, escape(initramfs)];
  return ['-kernel', xen.image, '-append', xen.append, '-initrd', modules.join(',')];
}

/** In an option's value a comma is written twice. */
function escape(value: string): string {
  return value.replaceAll(',', ',,');
}
