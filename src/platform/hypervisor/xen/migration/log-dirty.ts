import type { Problem } from '../../../../base/errors.ts';
import type { AcceleratorName } from '../../hypervisor.ts';
import type { XenInfo } from '../parse/info.ts';

/**
 * Whether a host's Xen can follow what a guest writes, without which no guest moves while it runs: for
 * PV guests by shadow paging, which many builds leave out (Debian's too), for others also by the
 * processor's nested paging. A Xen that does not tell (before 4.13) is given the benefit of the doubt.
 * @returns what is missing
 */
export function missingLogDirty(
  accelerator: AcceleratorName,
  { capabilities, version }: Pick<XenInfo, 'capabilities' | 'version'>,
  host: string,
): Problem[] {
  if (capabilities === undefined || !tellsPaging(version)) return [];
  if (capabilities.includes('shadow')) return [];
  if (accelerator !== 'xen-pv' && capabilities.includes('hap')) return [];
  const kind = accelerator.slice('xen-'.length).toUpperCase();
  return [
    {
      message: `unsupported: a ${kind} guest cannot be moved while it runs from ${host}, whose Xen has no shadow paging (virt_caps: ${capabilities.join(' ')})`,
      remedy:
        accelerator === 'xen-pv'
          ? 'Use accelerator xen-pvh, or a Xen built with CONFIG_SHADOW_PAGING.'
          : 'Use a processor with nested paging (EPT, NPT), or a Xen built with CONFIG_SHADOW_PAGING.',
    },
  ];
}

/** Whether the capabilities name `hap` and `shadow`. A version that cannot be read tells nothing. */
function tellsPaging(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > 4 || (major === 4 && minor >= 13);
}
