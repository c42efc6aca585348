import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { livingProcess } from './living-process.ts';

/**
 * A process, named so that no later process, no other machine and no other container can be taken
 * for it: state directories and run folders may lie on a file system that several machines share.
 */
export interface Owner {
  pid: number;
  /** Clock ticks since boot. */
  start: string;
  /** Id of the boot, 32 hexadecimal digits. */
  boot: string;
  /** Inode of the pid namespace in which `pid` counts. */
  pidNamespace: string;
  /** Host name, and a digest of the machine id where there is one. */
  machine: string;
}

let own: Owner | undefined;

/** This process. */
export function currentOwner(): Owner {
  own ??= {
    pid: process.pid,
    start: livingProcess(process.pid)?.start ?? '0',
    boot: textOf('/proc/sys/kernel/random/boot_id').replaceAll('-', '') || 'unknown',
    pidNamespace: pidNamespace(),
    machine: machine(),
  };
  return own;
}

/**
 * `elsewhere`: on another machine or in another container, where only a process of that place can
 * tell whether it lives.
 */
export function ownerState(owner: Owner, here = currentOwner()): 'alive' | 'dead' | 'elsewhere' {
  if (owner.boot !== here.boot) return owner.machine === here.machine ? 'dead' : 'elsewhere';
  if (owner.pidNamespace !== here.pidNamespace) return 'elsewhere';
  const living = livingProcess(owner.pid);
  if (living !== undefined) return living.start === owner.start ? 'alive' : 'dead';
  return isHidden(owner.pid) ? 'alive' : 'dead';
}

/** The owner as a part of a file name: creating such a file is atomic, its content need not be. */
export function ownerName({ pid, start, boot, pidNamespace, machine }: Owner): string {
  return [pid, start, boot, pidNamespace, machine].join('-');
}

/** Reads what `ownerName` has written. */
export function parseOwnerName(name: string): Owner | undefined {
  const match = /^(\d+)-(\d+)-(\w+)-(\w+)-([\w.-]+)$/.exec(name);
  if (match === null) return undefined;
  const [, pid = '', start = '', boot = '', pidNamespace = '', machine = ''] = match;
  return { pid: Number(pid), start, boot, pidNamespace, machine };
}

/** With /proc mounted hidepid, processes of other users exist without being seen. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function machine(): string {
  const host = hostname()
    .slice(0, 40)
    .replaceAll(/[^\w.-]/g, '_');
  const id = textOf('/etc/machine-id');
  // The id itself is confidential (machine-id(5)).
  const digest = createHash('sha256').update(`virtgauge ${id}`).digest('hex').slice(0, 8);
  return id === '' ? host : `${host}.${digest}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
