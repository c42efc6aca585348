import type { Say } from './tell.ts';

/**
 * Takes what the conversion needed away from a machine that runs on its target: what its disk has of the
 * boot path (keys of the VMM are in it) and of files from before. The source keeps its own.
 * @param folder with the record
 */
export async function tidyGuest(folder: string, say: Say): Promise<void> {
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { clearBootPath } =
    await import('../../platform/operations/convert/boot-path/boot-path.ts');
  const { keptFolder } = await import('../../platform/operations/convert/fix-up/kept.ts');
  const { source, bootPath } = readRecord(folder);
  try {
    const guest = await connectHost(source);
    try {
      await clearBootPath(guest.shell, bootPath);
      await guest.shell.run(['rm', '-rf', '--', keptFolder], { timeout: 60 });
    } finally {
      await guest.shell.close();
    }
  } catch (error) {
    const { folder: left } = bootPath;
    say(`left in the guest: ${left}, ${keptFolder}: ${(error as Error).message}`);
  }
}
