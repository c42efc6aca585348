import type { CreateRequest } from '../../../platform/operations/create.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Levels } from '../../scenario/levels.ts';
import type { TrialStorages } from './trial-storages.ts';

/**
 * What the guests of each host are made from is held there, or not, as the levels say.
 * @param starts of each host, where its guests do not start from its own template
 */
export async function setTemplateCache(
  storages: TrialStorages,
  hosts: readonly Host[],
  starts: readonly Pick<CreateRequest, 'template' | 'state'>[],
  { format }: Pick<Levels, 'format'>,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, host] of hosts.entries()) {
    const { template, state } = starts[index] ?? {};
    const { path } = template ?? storages.templates.template(host, format);
    const files = state === undefined ? [path] : [path, state.path];
    await storages.setTemplateCache(host, files, signal);
  }
}
