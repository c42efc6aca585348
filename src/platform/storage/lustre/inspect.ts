import type { Shell } from '../../remote/shell.ts';
import { ask, type Answer } from '../ask.ts';
import { inspectDirectory } from '../inspect.ts';
import type { StorageInspection } from '../storage.ts';
import { clientVersion, toolVersion } from './client.ts';
import { parseDf } from './df.ts';
import { describeLayout } from './describe-layout.ts';
import { findLustre, silentMount, type LustreMount } from './find.ts';
import { parseGetstripe, type FoundLayout } from './getstripe.ts';
import { clientNames } from './instance.ts';
import { quotaLimits } from './limits.ts';
import { parsePoolMembers } from './pools.ts';
import { parseNids } from './source.ts';
import { targetWarnings, usableSpace } from './space.ts';
import { meanWait } from './stats.ts';
import { parseTargets, type TargetState } from './targets.ts';
import { parseTunables } from './tunables.ts';

/** See StorageBackend.inspect. */
export async function inspectLustre(shell: Shell, directory: string): Promise<StorageInspection> {
  const found = await findLustre(shell, directory);
  const tool = await toolVersion(shell, directory);
  const [client, limits, targets, tuning] = await Promise.all([
    clientVersion(shell),
    quotaLimits(shell, directory),
    inspectTargets(shell, directory, found),
    inspectClient(shell, directory, found),
  ]);
  const general = await inspectDirectory(shell, directory);
  const { space } = targets;
  const room = space?.targets.reduce((sum, { free }) => sum + free, 0) ?? Infinity;
  return {
    ...general,
    filesystem: 'lustre',
    free: Math.min(general.free, room, limits.left),
    ...(space !== undefined && { targets: space.targets, stripes: space.stripes }),
    facts: {
      ...general.facts,
      ...mountFacts(found),
      ...{ 'client version': client, 'lfs version': tool },
      ...targets.facts,
      ...limits.facts,
      ...tuning,
    },
    warnings: [
      ...general.warnings,
      ...found.warnings,
      ...(tool === client || [tool, client].includes('unknown')
        ? []
        : [`lfs is of version ${tool}, the running client of ${client}`]),
      ...targets.warnings,
      ...limits.warnings,
    ],
  };
}

function mountFacts({ mount, source }: LustreMount): Record<string, string> {
  return {
    'file system': source?.fsname ?? 'unknown',
    'mount source': mount?.source ?? 'unknown',
    'mount options': mount?.options.join(',') ?? 'unknown',
    network: source?.networks.join(', ') ?? 'unknown',
  };
}

async function inspectTargets(shell: Shell, directory: string, { mount, source }: LustreMount) {
  const fsname = source?.fsname ?? '';
  const [df, osts, mdts, stripe] = await Promise.all([
    targetUse(shell, directory),
    ask(shell, ['lfs', 'osts', mount?.target ?? directory]),
    ask(shell, ['lfs', 'mdts', mount?.target ?? directory]),
    ask(shell, ['lfs', 'getstripe', '-d', '-y', directory]),
  ]);
  if ([df, stripe].some((answer) => !answer.ok && answer.why === 'silent')) {
    throw silentMount(shell, directory);
  }
  // With one target that fails lfs df ends with a code, after it has told of all the others.
  const use = parseDf(df.stdout, fsname);
  const states = parseTargets(textOf(osts), fsname);
  const layout = readLayout(stripe);
  const members = new Map<string, readonly string[]>();
  for (const { pool } of layout ?? []) {
    if (pool === undefined || members.has(pool)) continue;
    const list = await ask(shell, ['lfs', 'pool_list', `${fsname}.${pool}`]);
    if (list.ok) members.set(pool, parsePoolMembers(list.stdout, fsname));
  }
  const known = use.targets.some(({ kind }) => kind === 'OST');
  const space =
    layout !== undefined && known
      ? usableSpace(layout, use, (pool) => members.get(pool))
      : undefined;
  const pools = [...members].map(([pool, names]) => `${pool} (${names.join(', ')})`);
  return {
    space,
    facts: {
      ...{ MDTs: describeStates(parseTargets(textOf(mdts), fsname)), OSTs: describeStates(states) },
      'default layout':
        layout === undefined ? `unknown: ${reason(stripe)}` : describeLayout(layout),
      pool: pools.length === 0 ? 'none' : pools.join(', '),
    },
    warnings: targetWarnings(use, states, known),
  };
}

/** One server that is gone can hold up `lfs df`: then it is asked not to wait for such. */
async function targetUse(shell: Shell, directory: string): Promise<Answer> {
  const answer = await ask(shell, ['lfs', 'df', '-v', directory]);
  if (answer.ok || answer.why !== 'silent') return answer;
  return ask(shell, ['lfs', 'df', '-v', '-l', directory]);
}

/** What the client is set to, and what may not be read of it. */
async function inspectClient(
  shell: Shell,
  directory: string,
  { source }: LustreMount,
): Promise<Record<string, string>> {
  const { llite, osc } = await clientNames(shell, directory, source?.fsname);
  const ofClient = ['max_cached_mb', 'max_read_ahead_mb', 'checksums', 'fast_read', 'hybrid_io'];
  const ofTargets = ['max_rpcs_in_flight', 'max_pages_per_rpc', 'max_dirty_mb', 'checksum_type'];
  const parameters = [
    ...ofClient.map((name) => `llite.${llite}.${name}`),
    ...ofTargets.map((name) => `osc.${osc}.${name}`),
  ];
  // A version that lacks one of them tells of the others nevertheless.
  const each = 'for p in "$@"; do lctl get_param "$p" 2>/dev/null; done; true';
  const [nids, tunables, stats, imports] = await Promise.all([
    ask(shell, ['lctl', 'list_nids']),
    ask(shell, ['sh', '-c', each, 'sh', ...parameters]),
    ask(shell, ['lctl', 'get_param', '-n', `llite.${llite}.stats`]),
    ask(shell, ['lctl', 'get_param', '-n', `osc.${osc}.import`]),
  ]);
  const set = [...parseTunables(textOf(tunables))].map(([name, value]) => `${name} ${value}`);
  const wait = meanWait(textOf(imports));
  return {
    'networks of this host': nids.ok ? parseNids(nids.stdout).join(', ') || 'none' : reason(nids),
    'client settings': set.length === 0 ? 'not readable' : set.join(', '),
    counters: stats.ok ? 'readable' : `not readable: ${reason(stats)}`,
    ...(wait !== undefined && { 'mean wait for OSTs': `${(wait * 1000).toPrecision(2)} ms` }),
  };
}

function readLayout(answer: Answer): FoundLayout | undefined {
  try {
    return parseGetstripe(textOf(answer));
  } catch {
    return undefined;
  }
}

function textOf(answer: Answer): string {
  return answer.ok ? answer.stdout : '';
}

function reason(answer: Answer): string {
  if (answer.ok) return 'nothing that could be read was printed';
  if (answer.why === 'missing') return 'lctl is missing';
  return /denied|permitted/i.test(answer.text) ? `${answer.text} (needs root)` : answer.text;
}

function describeStates(states: readonly TargetState[]): string {
  if (states.length === 0) return 'unknown';
  const active = states.filter((state) => state.active).length;
  return `${active} of ${states.length} active`;
}
