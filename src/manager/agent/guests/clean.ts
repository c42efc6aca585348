import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { endProcesses } from '../../../platform/ledger/kinds/processes.ts';
import { destroyDomains } from '../../../platform/ledger/kinds/xen-domains.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { MemberFolder } from '../../member/folder.ts';
import { lockFolder } from '../../state/lock.ts';
import { removeDisks } from './disks.ts';
import { GuestFiles } from './guest-files.ts';
import { guestPlaces } from './open.ts';

/**
 * Ends all guests of an agent that does not run, and removes what was made for them: their disks, too.
 * @param folder of the agent
 * @returns their names
 * @throws UserError if the agent runs
 */
export async function cleanGuests(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const unlock = lockFolder(folder);
  try {
    const places = guestPlaces(folder);
    if (existsSync(places.mark)) {
      const mark = readFileSync(places.mark, 'utf8');
      await endProcesses(mark);
      await destroyDomains(localShell, mark);
    }
    const files = new GuestFiles(places.files);
    const names: string[] = [];
    for (const file of files.all) {
      // A disk that only was awaited here is another host's.
      if (file.ownsDisk && !(await isInUse(file.spec.disk.path))) {
        await removeDisks(file, new MemberFolder(folder).membership().name);
      }
      files.remove(file.name);
      names.push(file.name);
    }
    await rm(places.runtime, { recursive: true, force: true });
    return names;
  } finally {
    unlock();
  }
}

/** A guest that was started elsewhere while this host was away has its disk on a storage of both. */
async function isInUse(path: string): Promise<boolean> {
  try {
    await localShell.run(['qemu-img', 'info', path], { timeout: 60 });
    return false;
  } catch (error) {
    return error instanceof CommandError && /lock/.test(error.stderr);
  }
}
