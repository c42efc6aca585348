import { join } from 'node:path';
import type { Argv } from '../../remote/shell.ts';
import type { DiskSpec, GuestSpec } from '../hypervisor.ts';
import { consoleTraceEvent } from './console-trace.ts';
import { sizeOptions } from './hotplug/reserve.ts';
import { withSerialConsole } from './serial-console.ts';

/** QEMU's names for the guest's disks, in their order. */
export const driveOf = (index: number) => `disk${index}`;
/** Of the first. */
export const diskDrive = driveOf(0);

/** Sockets and logs of a guest, in its directory. */
export function guestPaths(directory: string) {
  return {
    monitor: join(directory, 'monitor.sock'),
    console: join(directory, 'console.sock'),
    agent: join(directory, 'agent.sock'),
    trace: join(directory, 'trace.log'),
  };
}

/** A guest that comes from another QEMU. */
export interface Incoming {
  /** The machine type that the source has, with its version: `pc-i440fx-7.2`. */
  machineType: string;
}

/** The command line that starts a guest with its CPUs held (`-S`). */
export function qemuCommandLine(spec: GuestSpec, incoming?: Incoming): Argv {
  const paths = guestPaths(spec.directory);
  const socket = (id: string, path: string) => [
    '-chardev',
    options('socket', { id, path, server: 'on', wait: 'off' }),
  ];
  return [
    spec.emulator ?? 'qemu-system-x86_64',
    ...['-name', escape(spec.name), '-nodefaults', '-no-user-config', '-display', 'none', '-S'],
    ...['-machine', machine(spec, incoming)],
    ...['-accel', spec.accelerator === 'tcg' ? 'tcg,thread=multi' : 'kvm'],
    ...['-cpu', escape(spec.cpu), ...sizeOptions(spec)],
    ...(spec.hugepages ? ['-object', hugepages(spec)] : []),
    ...['-msg', 'timestamp=on'],
    ...(incoming ? ['-incoming', 'defer'] : ['-D', paths.trace, '-trace', consoleTraceEvent]),
    ...boot(spec),
    ...(spec.firmware === undefined ? [] : firmware(spec.firmware)),
    ...disksOf(spec).flatMap(disk),
    ...(spec.seed === undefined ? [] : seed(spec.seed)),
    ...network(spec),
    ...socket('monitor', paths.monitor),
    ...['-mon', 'chardev=monitor,mode=control'],
    ...socket('console', paths.console),
    ...['-serial', 'chardev:console'],
    ...socket('agent', paths.agent),
    ...['-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0,id=agent'],
  ];
}

function machine({ machine, hugepages }: GuestSpec, incoming: Incoming | undefined): string {
  const type = incoming?.machineType ?? machine;
  return options(type, hugepages ? { 'memory-backend': 'ram' } : {});
}

function boot({ kernel }: GuestSpec): string[] {
  if (kernel === undefined) return [];
  return [
    ...['-kernel', kernel.image, '-initrd', kernel.initramfs],
    ...['-append', withSerialConsole(kernel)],
  ];
}

function firmware({ code, variables }: NonNullable<GuestSpec['firmware']>): string[] {
  const flash = { if: 'pflash', format: 'raw' };
  return [
    ...['-drive', options('', { ...flash, unit: '0', readonly: 'on', file: code })],
    ...['-drive', options('', { ...flash, unit: '1', file: variables })],
  ];
}

/** All disks that a guest has of its own, in their order. */
export function disksOf({
  disk,
  moreDisks = [],
}: Pick<GuestSpec, 'disk' | 'moreDisks'>): DiskSpec[] {
  return [disk, ...moreDisks];
}

function disk(spec: DiskSpec, index: number): string[] {
  const { path, format, cache, aio, iothread, queues } = spec;
  const id = driveOf(index);
  const thread = `io${index}`;
  // The guest sees an error at once; QEMU would stop it when the storage is full.
  const onError = { werror: 'report', rerror: 'report' };
  const drive = options('', { file: path, if: 'none', id, format, cache, aio });
  const device = options('virtio-blk-pci', {
    drive: id,
    'num-queues': String(queues),
    ...onError,
    ...(iothread && { iothread: thread }),
  });
  return [
    ...(iothread ? ['-object', `iothread,id=${thread}`] : []),
    ...['-drive', `${drive},discard=unmap`, '-device', device],
  ];
}

function seed(path: string): string[] {
  const drive = options('', { file: path, if: 'none', id: 'seed', format: 'raw', readonly: 'on' });
  return ['-drive', drive, '-device', 'virtio-blk-pci,drive=seed'];
}

function network({ network, mac }: GuestSpec): string[] {
  const backend =
    network.kind === 'user'
      ? // Port 0: the system picks free ports, asked for afterwards.
        'user,id=net0,hostfwd=udp:127.0.0.1:0-:7,hostfwd=tcp:127.0.0.1:0-:80'
      : options('tap', { id: 'net0', ifname: tapName(mac), script: 'no', downscript: 'no' });
  return ['-netdev', backend, '-device', `virtio-net-pci,netdev=net0,mac=${mac},romfile=`];
}

/** A tap made by QEMU goes with it; at most 15 characters, unique as the MAC is. */
export function tapName(mac: string): string {
  return `vg${mac.replaceAll(':', '').slice(-10)}`;
}

function hugepages({ memory }: GuestSpec): string {
  const size = `${Math.ceil(memory / 2 ** 20)}M`;
  return `memory-backend-memfd,id=ram,size=${size},hugetlb=on,prealloc=on`;
}

function options(first: string, rest: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${escape(value)}`);
  return [...(first === '' ? [] : [first]), ...pairs].join(',');
}

/** In an option's value a comma is written twice. */
function escape(value: string): string {
  return value.replaceAll(',', ',,');
}
