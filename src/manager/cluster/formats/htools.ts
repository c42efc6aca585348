/**
 * The text format of ganeti's htools (`hspace -S`, `hbal -t`, `gnt-* list`), version 3.0 and what older
 * ones left out: five sections (groups, nodes, instances, cluster tags, policies) divided by empty
 * lines, fields by `|`. Sizes are in MiB. Reconstructed from ganeti's src/Ganeti/HTools/Backend/Text.hs.
 */
export interface HtoolsData {
  readonly groups: readonly HtoolsGroup[];
  readonly nodes: readonly HtoolsNode[];
  readonly instances: readonly HtoolsInstance[];
  readonly tags: readonly string[];
  readonly policies: readonly HtoolsPolicy[];
}

/** How a group takes new instances. */
export const allocPolicies = ['preferred', 'last_resort', 'unallocable'] as const;

export interface HtoolsGroup {
  readonly name: string;
  readonly uuid: string;
  readonly allocPolicy: (typeof allocPolicies)[number];
  readonly tags: readonly string[];
  readonly networks: readonly string[];
}

export interface HtoolsNode {
  readonly name: string;
  /** Of the machine, of the node's own system, and free. */
  readonly totalMemory: number;
  readonly ownMemory: number;
  readonly freeMemory: number;
  readonly totalDisk: number;
  readonly freeDisk: number;
  readonly cpus: number;
  /** Y: offline, N: not, M: the master. */
  readonly status: 'Y' | 'N' | 'M';
  readonly groupUuid: string;
  readonly spindles: number;
  readonly tags: readonly string[];
  readonly exclusiveStorage: boolean;
  readonly freeSpindles: number;
  /** CPUs that the node's own system takes. */
  readonly ownCpus: number;
  readonly cpuSpeed: number;
}

export const diskTemplates = [
  'diskless',
  'file',
  'sharedfile',
  'plain',
  'blockdev',
  'drbd',
  'rbd',
  'ext',
  'gluster',
] as const;

export const instanceStates = [
  'running',
  'ADMIN_down',
  'ADMIN_offline',
  'ERROR_down',
  'ERROR_up',
  'ERROR_nodedown',
  'ERROR_nodeoffline',
  'ERROR_wrongnode',
  'USER_down',
] as const;

export interface HtoolsInstance {
  readonly name: string;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: number;
  readonly status: (typeof instanceStates)[number];
  readonly autoBalance: boolean;
  readonly primary: string;
  /** Empty: none. */
  readonly secondary: string;
  readonly diskTemplate: (typeof diskTemplates)[number];
  readonly tags: readonly string[];
  readonly spindleUse: number;
  /** Spindles of its disks; undefined: not known. */
  readonly spindles: number | undefined;
  readonly forthcoming: boolean;
}

/** Memory, CPUs, disk size, disks, NICs, spindles. */
export type HtoolsSpec = readonly [number, number, number, number, number, number];

export interface HtoolsPolicy {
  /** Name of a group; empty: the cluster. */
  readonly owner: string;
  readonly standard: HtoolsSpec;
  readonly bounds: readonly { readonly min: HtoolsSpec; readonly max: HtoolsSpec }[];
  readonly diskTemplates: readonly HtoolsInstance['diskTemplate'][];
  readonly vcpuRatio: number;
  readonly spindleRatio: number;
}

/** The smallest and largest instance where no policy is stated. */
export const usualBounds: readonly [{ readonly min: HtoolsSpec; readonly max: HtoolsSpec }] = [
  { min: [128, 1, 1024, 1, 1, 1], max: [32768, 8, 1048576, 16, 8, 12] },
];

/** The policy of a cluster that states none. */
export const usualPolicy: HtoolsPolicy = {
  owner: '',
  standard: [128, 1, 1024, 1, 1, 1],
  bounds: usualBounds,
  diskTemplates,
  vcpuRatio: 4,
  spindleRatio: 32,
};
