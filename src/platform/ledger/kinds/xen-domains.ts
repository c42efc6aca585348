import { z } from 'zod';
import { isOfMark } from '../../hypervisor/xen/domain/domain-name.ts';
import { parseList } from '../../hypervisor/xen/parse/list.ts';
import { xl, xlWords } from '../../hypervisor/xen/xl.ts';
import { hostEntrySchema } from '../../remote/inventory/schema.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { markSchema } from './processes.ts';
import { onRemoteHost } from './remote-host.ts';
import type { Removed, ResourceKind } from './kind.ts';

const schema = z.strictObject({
  kind: z.literal('xen-domains'),
  host: hostEntrySchema,
  /** Every domain whose name ends with the beginning of it. */
  mark: markSchema,
});

/** The domains of a run on a Xen host. */
export const xenDomains: ResourceKind<typeof schema> = {
  schema,
  // An xl that is still making one is ended before.
  rank: 1,
  unmistakable: true,
  describe: ({ host, mark }) => `Xen domains of mark ${mark} on ${host.name}`,
  remove: ({ host, mark }) => onRemoteHost(host, (shell) => destroyDomains(shell, mark)),
};

/** Seconds: hotplug scripts wait for each other. */
const limit = { timeout: 60 };

/**
 * Destroys every domain of a run on the shell's host; none where Xen does not run.
 * @throws Error naming those that are still there
 */
export async function destroyDomains(shell: Shell, mark: string): Promise<Removed[]> {
  if (!(await runsXen(shell))) return [];
  const ours = async () =>
    parseList(await xl(shell, ['list'])).filter(({ name }) => isOfMark(name, mark));
  const found = await ours();
  const reasons: string[] = [];
  for (const { id } of found) {
    // Gone meanwhile, perhaps: who is there afterwards counts.
    await xl(shell, ['destroy', String(id)], limit).catch((error: unknown) =>
      reasons.push(xlWords(error)),
    );
  }
  const left = found.length === 0 ? [] : await ours();
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ');
    throw new Error(
      `could not be destroyed: ${names} (${reasons.join('; ') || 'they do not end'})`,
    );
  }
  return found.length === 0 ? [] : [{ what: 'Xen domain', count: found.length }];
}

/** Its domains end with a hypervisor. */
async function runsXen(shell: Shell): Promise<boolean> {
  try {
    await shell.run(['grep', '-q', 'control_d', '/proc/xen/capabilities'], { timeout: 10 });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code !== undefined) return false;
    throw error;
  }
}
