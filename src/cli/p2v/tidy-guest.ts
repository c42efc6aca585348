import type { Say } from './tell.ts';
import { withoutBootPath } from './without-boot-path.ts';

/**
 * Takes what the conversion needed away from a machine that runs on its target: what its disk has of the
 * boot path (keys of the VMM are in it) and of files from before. The source keeps its own.
 * @param folder with the record
 */
export async function tidyGuest(folder: string, say: Say): Promise<void> {
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { keptFolder } = await import('../../platform/operations/convert/fix-up/kept.ts');
  const record = readRecord(folder);
  try {
    await withoutBootPath(record, async (shell) => {
      await shell.run(['rm', '-rf', '--', keptFolder], { timeout: 60 });
    });
  } catch (error) {
    const { folder: left } = record.bootPath;
    say(`left in the guest: ${left}, ${keptFolder}: ${(error as Error).message}`);
  }
}
