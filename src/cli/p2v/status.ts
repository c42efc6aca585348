import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { alone } from './alone.ts';
import { recordedFolder } from './conversion-folder.ts';
import { standingIn } from './standing-here.ts';

/** `virtgauge p2v status SOURCE` */
export function addStatus(p2v: Command): void {
  p2v
    .command('status')
    .description('who runs a machine that was converted from here, by a look now')
    .argument('<source>', 'as it was called in convert')
    .option('--json', 'print it as JSON', false)
    .action(async (source: string, { json }: { json: boolean }) => {
      const folder = await recordedFolder(source);
      const { sight, standing } = await alone(folder, () => standingIn(folder));
      if (json) console.log(JSON.stringify({ ...standing, sight }, null, 2));
      else console.log(`${source}: ${standing.says}\n${standing.next}`);
      const clear = standing.runs !== 'undecided' && standing.runs !== 'unknown';
      process.exitCode = clear ? exitCodes.good : exitCodes.inconclusive;
    });
}
