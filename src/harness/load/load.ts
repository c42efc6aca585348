import type { GuestControl } from '../../platform/guest/control/control.ts';
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
  control: GuestControl,
  { memory, fio }: Load,
  dirtyRate: number,
  offset: number,
): Promise<{ name: string; program: GuestProgram }[]> {
  const started: { name: string; program: GuestProgram }[] = [];
  if (dirtyRate > 0) {
    const program = await startInGuest(control, 'dirty', [
      ...(['vg-guest', 'dirty', '--size', String(memory.workingSet)] as const),
      ...['--rate', String(dirtyRate)],
      ...(memory.incompressible ? ['--incompressible'] : []),
    ]);
    started.push({ name: 'dirty', program });
  }
  if (fio !== undefined) {
    const program = await startInGuest(control, 'fio', [
      ...(['fio', '--name=load', '--filename=/dev/vda', `--offset=${offset}`] as const),
      ...[`--rw=${fio.rw}`, `--bs=${fio.bs}`, `--iodepth=${fio.iodepth}`, `--size=${fio.size}`],
      ...['--ioengine=libaio', '--direct=1', '--time_based', '--runtime=86400'],
      ...['--allow_mounted_write=1', '--clocksource=clock_gettime', '--output-format=json'],
      ...(fio.rate === undefined ? [] : [`--rate=${fio.rate}`]),
    ]);
    started.push({ name: 'fio', program });
  }
  return started;
}
