import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { z } from 'zod';
import type { machineSchema } from './schema.ts';

export type Machine = z.infer<typeof machineSchema>;

/** What a machine says of itself; any text may be empty where a file is missing. */
export interface MachineTexts {
  /** `/proc/cpuinfo` */
  cpuinfo: string;
  /** `/proc/meminfo` */
  meminfo: string;
  /** `/etc/os-release` */
  osRelease: string;
  /** `uname -r` */
  kernel: string;
}

/** Describes a machine from its own texts, wherever they were read. */
export function describeMachine({ cpuinfo, meminfo, osRelease, kernel }: MachineTexts): Machine {
  return {
    cpu: cpuName(cpuinfo),
    cpus: cpuinfo.match(/^processor\s*:/gm)?.length ?? 0,
    memory: Number(/^MemTotal:\s*(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1024,
    distribution: distributionName(osRelease),
    kernel: kernel.trim(),
  };
}

/** This machine. Reads three small files and starts no program. */
export function localMachine(): Machine {
  return describeMachine({
    cpuinfo: textOf('/proc/cpuinfo'),
    meminfo: textOf('/proc/meminfo'),
    osRelease: textOf('/etc/os-release') || textOf('/usr/lib/os-release'),
    kernel: release(),
  });
}

/** x86 and POWER name the model; of an ARM core only numbers stand in `/proc/cpuinfo`. */
function cpuName(cpuinfo: string): string {
  const field = (name: string) =>
    new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(cpuinfo)?.[1]?.replaceAll(/\s+/g, ' ').trim();
  const model = field('model name') ?? field('cpu');
  if (model !== undefined) return model;
  const implementer = field('CPU implementer');
  return implementer === undefined
    ? 'unknown'
    : `implementer ${implementer}, part ${field('CPU part') ?? 'unknown'}`;
}

/** os-release(5): `PRETTY_NAME`, else `NAME` with `VERSION_ID`; quoted or not. */
function distributionName(osRelease: string): string {
  const field = (name: string) =>
    new RegExp(`^${name}=(["']?)(.*)\\1\\s*$`, 'm').exec(osRelease)?.[2];
  const name = [field('NAME'), field('VERSION_ID')].filter(Boolean).join(' ');
  return field('PRETTY_NAME') ?? (name === '' ? 'unknown' : name);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
