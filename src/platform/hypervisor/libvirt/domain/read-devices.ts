import { child, childrenOf, parseXml } from './xml.ts';

/** What a domain has, by its XML. */
export interface DomainDevices {
  vcpus: number;
  /** Targets, such as `vda`. */
  disks: string[];
  /** MAC addresses. */
  nics: string[];
  /** MAC → `bridge`, `user`. */
  kinds: ReadonlyMap<string, string>;
  /** Bytes of each module of memory, in the order in which they came. */
  modules: number[];
}

const units: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** @param xml from `virsh dumpxml` */
export function readDevices(xml: string): DomainDevices {
  const domain = parseXml(xml);
  const vcpu = child(domain, 'vcpu');
  const devices = child(domain, 'devices');
  const of = (name: string) => (devices === undefined ? [] : childrenOf(devices, name));
  const kinds = new Map(
    of('interface').map((each) => [
      (child(each, 'mac')?.attributes.address ?? '').toLowerCase(),
      each.attributes.type ?? '',
    ]),
  );
  return {
    vcpus: Number(vcpu?.attributes.current ?? vcpu?.text ?? 1),
    disks: of('disk').flatMap((disk) => child(disk, 'target')?.attributes.dev ?? []),
    nics: [...kinds.keys()],
    kinds,
    modules: of('memory')
      .filter(({ attributes }) => attributes.model === 'dimm')
      .map((module) => {
        const target = child(module, 'target');
        const size = target && child(target, 'size');
        return Number(size?.text ?? 0) * (units[size?.attributes.unit ?? 'KiB'] ?? 1);
      }),
  };
}
