import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';
import { mountOf } from '../mounts.ts';
import type { StorageCounters } from '../storage.ts';
import { clientNames, type ClientNames } from './instance.ts';
import { parseSource } from './source.ts';
import { addRpcSizes, addStats, addTimeouts, type Tally } from './stats.ts';

type Add = (tally: Tally, text: string) => void;

/** Each with what reads it. */
function sources({ llite, osc, mdc }: ClientNames): [parameter: string, add: Add][] {
  return [
    [`llite.${llite}.stats`, (tally, text) => addStats(tally, 'llite', text)],
    [`osc.${osc}.stats`, (tally, text) => addStats(tally, 'osc', text)],
    [`osc.${osc}.rpc_stats`, (tally, text) => addRpcSizes(tally, 'osc', text)],
    [`osc.${osc}.import`, (tally, text) => addTimeouts(tally, 'osc', text)],
    [`mdc.${mdc}.stats`, (tally, text) => addStats(tally, 'mdc', text)],
  ];
}

const script = 'for p in "$@"; do echo "== $p"; lctl get_param -n "$p" 2>/dev/null; done; true';

/** What this client has counted; empty where lctl is missing or nothing may be read. */
export async function readCounters(shell: Shell, directory: string): Promise<StorageCounters> {
  const mount = await mountOf(shell, directory);
  const names = await clientNames(shell, directory, mount && parseSource(mount.source)?.fsname);
  const all = sources(names);
  const parameters = all.map(([parameter]) => parameter);
  const answer = await ask(shell, ['sh', '-c', script, 'sh', ...parameters]);
  if (!answer.ok) return {};
  const tally: Tally = new Map();
  const texts = answer.stdout.split(/^== .*$/m).slice(1);
  for (const [index, text] of texts.entries()) all[index]?.[1](tally, text);
  return Object.fromEntries(tally);
}
