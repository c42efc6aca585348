import type { Shell } from '../../platform/remote/shell.ts';

/** What makes results of a host vary. */
export interface CpuSettings {
  /** `performance`, `powersave, performance`; undefined where the kernel has no say. */
  governor?: string;
  turbo?: boolean;
  numaNodes: number;
  freeHugePages: number;
  /** Bytes. */
  hugePageSize: number;
}

const script = `
cat /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor 2>/dev/null | sort -u; echo =
cat /sys/devices/system/cpu/intel_pstate/no_turbo 2>/dev/null; echo =
cat /sys/devices/system/cpu/cpufreq/boost 2>/dev/null; echo =
ls -d /sys/devices/system/node/node[0-9]* 2>/dev/null | wc -l; echo =
cat /proc/meminfo`;

/** @throws CommandError if the host does not tell */
export async function readCpuSettings(shell: Shell): Promise<CpuSettings> {
  const { stdout } = await shell.run(['sh', '-c', script], { timeout: 20 });
  return parseCpuSettings(stdout);
}

/** Reads what the script printed: five parts with lines of `=` between them. */
export function parseCpuSettings(text: string): CpuSettings {
  const [governors = '', noTurbo = '', boost = '', nodes = '', meminfo = ''] = text
    .split(/^=$/m)
    .map((part) => part.trim());
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  const turbo = noTurbo === '' ? (boost === '' ? undefined : boost === '1') : noTurbo === '0';
  return {
    ...(governors !== '' && { governor: governors.split('\n').join(', ') }),
    ...(turbo !== undefined && { turbo }),
    numaNodes: Number(nodes),
    freeHugePages: field('HugePages_Free'),
    hugePageSize: field('Hugepagesize') * 1024,
  };
}
