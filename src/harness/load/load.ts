import { median } from 'simple-statistics';
import type { Guest } from '../../platform/hypervisor/hypervisor.ts';
import { startInGuest, type GuestProgram } from './guest-programs.ts';
import type { Load } from './options.ts';

/** Bytes that a load needs on a guest's disk. */
export function loadBytes({ fio }: Load): number {
  return fio?.size ?? 0;
}

/**
 * Starts what a guest shall do meanwhile.
 * @param dirtyRate bytes a second; 0: no memory is dirtied
 * @param offset first byte of the part of the disk that fio may overwrite
 */
export async function startLoad(
  { control, hypervisor }: Pick<Guest, 'control' | 'hypervisor'>,
  { memory, fio }: Load,
  dirtyRate: number,
  offset: number,
): Promise<{ name: string; program: GuestProgram }[]> {
  const started: { name: string; program: GuestProgram }[] = [];
  if (dirtyRate > 0) {
    const argv = [
      ...(['vg-guest', 'dirty', '--size', String(memory.workingSet)] as const),
      ...['--rate', String(dirtyRate)],
      ...(memory.incompressible ? ['--incompressible'] : []),
    ] as const;
    // It tells its rate for the first time when all of its memory is there.
    const program = await startInGuest(control, 'dirty', argv, /seconds=/);
    started.push({ name: 'dirty', program });
  }
  if (fio !== undefined) {
    const program = await startInGuest(control, 'fio', [
      ...([
        'fio',
        '--name=load',
        `--filename=${hypervisor.devices.disk}`,
        `--offset=${offset}`,
      ] as const),
      ...[`--rw=${fio.rw}`, `--bs=${fio.bs}`, `--iodepth=${fio.iodepth}`, `--size=${fio.size}`],
      ...['--ioengine=libaio', '--direct=1', '--time_based', '--runtime=86400'],
      ...['--allow_mounted_write=1', '--clocksource=clock_gettime', '--output-format=json'],
      ...(fio.rate === undefined ? [] : [`--rate=${fio.rate}`]),
    ]);
    started.push({ name: 'fio', program });
  }
  return started;
}

/** What the program that dirties memory did in the end, in bytes a second: the median of its seconds. */
export function dirtyRateOf(printed: string): number | undefined {
  const rates = [...printed.matchAll(/^vg-dirty .*\brate=(\d+)/gm)].map(([, rate]) => Number(rate));
  return rates.length === 0 ? undefined : median(rates);
}
