import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';
import { mountOf } from '../mounts.ts';
import type { StorageCounters } from '../storage.ts';
import { clientNames, type ClientNames } from './instance.ts';
import { parseSource } from './source.ts';
import { addRpcSizes, addStats, addTimeouts, type Tally } from './stats.ts';

interface Source {
  parameter: string;
  add: (tally: Tally, text: string) => void;
  /** Lustre prints no line for what has never happened: these are 0 then. */
  zeros: readonly string[];
}

/** Pages of a request to a data server: powers of two up to 16 MiB. */
const pages = Array.from({ length: 13 }, (_, power) => 2 ** power);
const rpcZeros = ['read_rpcs', 'write_rpcs', ...pages.map((count) => `rpc_pages_${count}`)];

function sources({ llite, osc, mdc }: ClientNames): Source[] {
  const stats = (prefix: string, parameter: string, names: readonly string[]): Source => ({
    parameter: `${parameter}.stats`,
    add: (tally, text) => addStats(tally, prefix, text),
    zeros: names.map((name) => `${prefix}.${name}`),
  });
  const bytes = ['read_bytes', 'read_bytes.count', 'write_bytes', 'write_bytes.count'];
  return [
    stats('llite', `llite.${llite}`, [...bytes, 'fsync.count', 'fsync.seconds']),
    stats('osc', `osc.${osc}`, [...bytes, 'req_waittime.count', 'req_waittime.seconds']),
    {
      parameter: `osc.${osc}.rpc_stats`,
      add: (tally, text) => addRpcSizes(tally, 'osc', text),
      zeros: rpcZeros.map((name) => `osc.${name}`),
    },
    {
      parameter: `osc.${osc}.import`,
      add: (tally, text) => addTimeouts(tally, 'osc', text),
      zeros: [],
    },
    stats('mdc', `mdc.${mdc}`, ['req_waittime.count', 'req_waittime.seconds']),
  ];
}

/**
 * Whether a counter is 0 because it is not there. Not where it sums up what has been counted: Lustre
 * 2.12 tells how often there was an fsync, but not how long it took.
 */
function isZero(tally: Tally, name: string): boolean {
  const count = `${name.replace(/\.seconds$/, '')}.count`;
  return !tally.has(name) && (tally.get(count) ?? 0) === 0;
}

const script = 'for p in "$@"; do echo "== $p"; lctl get_param -n "$p" 2>/dev/null; done; true';

/** What this client has counted; empty where lctl is missing or nothing may be read. */
export async function readCounters(shell: Shell, directory: string): Promise<StorageCounters> {
  const mount = await mountOf(shell, directory);
  const names = await clientNames(shell, directory, mount && parseSource(mount.source)?.fsname);
  const all = sources(names);
  const parameters = all.map(({ parameter }) => parameter);
  const answer = await ask(shell, ['sh', '-c', script, 'sh', ...parameters]);
  if (!answer.ok) return {};
  const tally: Tally = new Map();
  const texts = answer.stdout.split(/^== .*$/m).slice(1);
  for (const [index, { add, zeros }] of all.entries()) {
    const text = texts[index] ?? '';
    add(tally, text);
    if (!text.includes('snapshot_time')) continue;
    for (const name of zeros) if (isZero(tally, name)) tally.set(name, 0);
  }
  return Object.fromEntries(tally);
}
