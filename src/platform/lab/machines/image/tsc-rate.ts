import { hostProgram } from '../../../programs/host-program.ts';
import type { Shell } from '../../../remote/shell.ts';
import { thisMachine } from '../../../remote/this-machine.ts';

/**
 * At how many MHz this machine's time stamp counter runs, measured, and rounded so that it is the
 * same each time.
 * @throws CommandError if its processor has none
 */
export async function tscMegahertz(shell: Shell, cache: string): Promise<number> {
  const program = await hostProgram(thisMachine(cache), cache);
  const { stdout } = await shell.run([program, 'tsc-rate'], { timeout: 30 });
  return Math.round(Number(stdout) / 1000);
}
