import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Finding } from './finding.ts';

/**
 * Whether Xen runs there, and which.
 * @throws UserError saying why it cannot run guests
 */
export async function examineXen({ shell }: Host): Promise<Finding[]> {
  const versions = await hypervisorNamed('xen').versions(shell);
  const text = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [{ topic: 'xen', text: text.join(', ') }];
}
