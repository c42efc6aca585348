/** What the source of a mount tells: `10.0.0.1@o2ib:10.0.0.2@o2ib:/scratch/home`. */
export interface MountSource {
  /** NIDs of the management server, as they were written. */
  mgs: string;
  /** LNet types, `o2ib`, `tcp1`; several where the servers are reached over several. */
  networks: readonly string[];
  fsname: string;
}

/** @returns undefined for what no client has mounted: the disk of a server, another file system */
export function parseSource(source: string): MountSource | undefined {
  const [, mgs = '', fsname = ''] = /^(.+?):\/([A-Za-z0-9_-]{1,8})(?:\/.*)?$/.exec(source) ?? [];
  if (fsname === '') return undefined;
  const named = [...mgs.matchAll(/@([a-z0-9]+)/gi)].map(([, network = '']) => network);
  // A NID without a network is one of tcp.
  return { mgs, networks: named.length === 0 ? ['tcp'] : [...new Set(named)], fsname };
}

/** The networks of NIDs, one a line, as `lctl list_nids` prints them. */
export function parseNids(text: string): string[] {
  const networks = [...text.matchAll(/^\s*\S+@([a-z0-9]+)\s*$/gim)].map(
    ([, network = '']) => network,
  );
  return [...new Set(networks)].filter((network) => network !== 'lo');
}
