import { z } from 'zod';
import { conversion } from './kinds/conversion.ts';
import { directory } from './kinds/directory.ts';
import { power } from './kinds/power.ts';
import { processes } from './kinds/processes.ts';
import { remoteDirectory } from './kinds/remote-directory.ts';
import { remoteProcesses } from './kinds/remote-processes.ts';
import { xenDomains } from './kinds/xen-domains.ts';
import type { Removed, ResourceKind } from './kinds/kind.ts';

/** One line a kind. */
const kinds = {
  power,
  processes,
  directory,
  'remote-processes': remoteProcesses,
  'remote-directory': remoteDirectory,
  'xen-domains': xenDomains,
  conversion,
};

export const resourceSchema = z.discriminatedUnion('kind', [
  kinds.power.schema,
  kinds.processes.schema,
  kinds.directory.schema,
  kinds['remote-processes'].schema,
  kinds['remote-directory'].schema,
  kinds['xen-domains'].schema,
  kinds.conversion.schema,
]);

/** Something that exists because of us and that a ledger can hold. */
export type Resource = z.infer<typeof resourceSchema>;

/** Kinds with a smaller rank are removed first. */
export function rankOf(resource: Resource): number {
  return kindOf(resource).rank;
}

/** Whether a removal that comes too late can do no harm. */
export function isUnmistakable(resource: Resource): boolean {
  return kindOf(resource).unmistakable;
}

/** The resource in a message: a path, a mark. */
export function describeResource(resource: Resource): string {
  return kindOf(resource).describe(resource);
}

/**
 * Removes a resource; that it is gone already is no error.
 * @throws Error saying why it is still there
 */
export async function removeResource(resource: Resource): Promise<Removed[]> {
  return kindOf(resource).remove(resource);
}

function kindOf(resource: Resource): ResourceKind<z.ZodType<Resource>> {
  return kinds[resource.kind];
}
