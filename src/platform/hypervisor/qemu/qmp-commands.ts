/** A command: what it takes and what it answers. */
interface Command<Arguments, Return> {
  arguments: Arguments;
  return: Return;
}

type None = Readonly<Record<string, never>>;

/** An end of a connection, as QEMU writes addresses; the port is text. */
export interface InetAddress {
  type: 'inet';
  host: string;
  port: string;
}

/** What can be pulled out of a connection that hangs. */
export type YankInstance = { type: 'migration' } | { type: 'block-node'; 'node-name': string };

/** What `query-migrate` says, as far as it is used here; absent until it is known. */
export interface MigrationInfo {
  status?: string;
  'error-desc'?: string;
  /** Milliseconds, like all times here. */
  'total-time'?: number;
  downtime?: number;
  'setup-time'?: number;
  'postcopy-blocktime'?: number;
  ram?: {
    transferred: number;
    remaining: number;
    'dirty-sync-count': number;
    'dirty-pages-rate': number;
    'page-size': number;
  };
}

/** How a block node treats the host's cache. */
export interface BlockCache {
  direct: boolean;
  'no-flush': boolean;
}

export interface BlockJob {
  device: string;
  type: string;
  status: string;
  /** Bytes done of those that are known to be needed. */
  offset: number;
  len: number;
}

/** The commands that are used here: name → arguments and answer, as the QMP reference has them. */
export interface QmpCommands {
  qmp_capabilities: Command<{ enable?: string[] }, object>;
  'query-status': Command<None, { status: string; running: boolean }>;
  'query-cpus-fast': Command<None, { 'cpu-index': number; 'thread-id': number }[]>;
  'query-version': Command<None, { qemu: { major: number; minor: number; micro: number } }>;
  'qom-get': Command<{ path: string; property: string }, unknown>;
  'qom-set': Command<{ path: string; property: string; value: unknown }, object>;
  'qom-list': Command<{ path: string }, { name: string; type: string }[]>;
  'object-add': Command<{ 'qom-type': 'memory-backend-ram'; id: string; size: number }, object>;
  'object-del': Command<{ id: string }, object>;
  /** Besides these, what the device takes. */
  device_add: Command<
    { driver: string; id: string } & Readonly<Record<string, string | number>>,
    object
  >;
  device_del: Command<{ id: string }, object>;
  netdev_add: Command<
    | { type: 'user'; id: string }
    | { type: 'tap'; id: string; ifname: string; script: 'no'; downscript: 'no' },
    object
  >;
  netdev_del: Command<{ id: string }, object>;
  /** Where a vCPU is, or may come: the last place first. */
  'query-hotpluggable-cpus': Command<
    None,
    { type: string; props: Readonly<Record<string, number>>; 'qom-path'?: string }[]
  >;
  /** In bytes. */
  'query-memory-size-summary': Command<None, { 'base-memory': number; 'plugged-memory'?: number }>;
  'query-memory-devices': Command<
    None,
    { type: string; data: { id?: string; size: number; memdev: string } }[]
  >;
  /** Bytes that the guest shall have. */
  balloon: Command<{ value: number }, object>;
  'query-balloon': Command<None, { actual: number }>;
  'human-monitor-command': Command<{ 'command-line': string }, string>;
  'trace-event-set-state': Command<{ name: string; enable: boolean }, object>;
  cont: Command<None, object>;
  stop: Command<None, object>;
  quit: Command<None, object>;
  yank: Command<{ instances: YankInstance[] }, object>;
  'announce-self': Command<{ initial: number; max: number; rounds: number; step: number }, object>;

  'query-migrate-capabilities': Command<None, { capability: string; state: boolean }[]>;
  'migrate-set-capabilities': Command<
    { capabilities: { capability: string; state: boolean }[] },
    object
  >;
  'migrate-set-parameters': Command<Record<string, number>, object>;
  'migrate-incoming': Command<{ uri: string }, object>;
  migrate: Command<{ uri: string }, object>;
  'migrate-start-postcopy': Command<None, object>;
  'migrate-continue': Command<{ state: 'pre-switchover' }, object>;
  migrate_cancel: Command<None, object>;
  'query-migrate': Command<None, MigrationInfo>;

  'query-named-block-nodes': Command<{ flat: boolean }, { 'node-name': string; drv: string }[]>;
  'query-block': Command<
    None,
    {
      device: string;
      inserted?: {
        'node-name': string;
        file?: string;
        /** `count`: bytes that are marked. */
        'dirty-bitmaps'?: { name?: string; recording: boolean; count: number }[];
      };
    }[]
  >;
  'query-block-jobs': Command<None, BlockJob[]>;
  'nbd-server-start': Command<
    { addr: { type: 'inet'; data: { host: string; port: string } } },
    object
  >;
  'nbd-server-stop': Command<None, object>;
  'block-export-add': Command<
    { type: 'nbd'; id: string; 'node-name': string; name: string; writable: boolean },
    object
  >;
  'blockdev-add': Command<
    | {
        driver: 'nbd';
        'node-name': string;
        server: InetAddress;
        export: string;
        discard?: 'unmap';
        'detect-zeroes'?: 'unmap';
      }
    | {
        driver: 'raw' | 'qcow2';
        'node-name': string;
        cache: BlockCache;
        file: { driver: 'file'; filename: string; cache: BlockCache };
      },
    object
  >;
  'blockdev-del': Command<{ 'node-name': string }, object>;
  'blockdev-mirror': Command<
    {
      'job-id': string;
      device: string;
      target: string;
      sync: 'full';
      'copy-mode'?: 'background' | 'write-blocking';
    },
    object
  >;
  'block-dirty-bitmap-add': Command<{ node: string; name: string; granularity: number }, object>;
  'blockdev-backup': Command<
    {
      'job-id': string;
      device: string;
      target: string;
      sync: 'bitmap';
      bitmap: string;
      'bitmap-mode': 'on-success';
    },
    object
  >;
  'blockdev-snapshot-sync': Command<
    { device: string; 'snapshot-file': string; format: 'qcow2'; mode: 'absolute-paths' },
    object
  >;
  'block-commit': Command<{ device: string; 'job-id': string }, object>;
  'block-job-complete': Command<{ device: string }, object>;
  'block-job-cancel': Command<{ device: string; force?: boolean }, object>;
}
