import { z } from 'zod';
import { hostEntrySchema } from '../../remote/inventory/schema.ts';
import type { Shell } from '../../remote/shell.ts';
import { parseStat } from '../living-process.ts';
import { endAll, type EndingOptions, type ProcessTable } from './ending.ts';
import { markEnvironment, type MarkedProcess } from './marked-processes.ts';
import { markSchema } from './processes.ts';
import { onRemoteHost } from './remote-host.ts';
import type { Removed, ResourceKind } from './kind.ts';

const schema = z.strictObject({
  kind: z.literal('remote-processes'),
  host: hostEntrySchema,
  /** As of `processes`, on that host. */
  mark: markSchema,
});

/** The processes of a remote host that carry a mark. */
export const remoteProcesses: ResourceKind<typeof schema> = {
  schema,
  rank: 0,
  unmistakable: true,
  describe: ({ host, mark }) => `processes with VIRTGAUGE_MARK=${mark} on ${host.name}`,
  remove: ({ host, mark }) =>
    onRemoteHost(host, (shell) => endProcessesOn(shell, markVariable(mark))),
};

/**
 * Ends every process on the shell's host with a variable in its environment, as `endAll` says.
 * @param variable such as `NAME=value`
 */
export function endProcessesOn(
  shell: Shell,
  variable: string,
  options?: EndingOptions,
): Promise<Removed[]> {
  return endAll(processesOn(shell, variable), { interval: 0.05, ...options });
}

function markVariable(mark: string): string {
  const [variable = ''] = Object.entries(markEnvironment(mark)).map((pair) => pair.join('='));
  return variable;
}

/** That a grep cannot look there must not be taken for that there is nothing. */
const expectGrep =
  `printf 'a\\0' | grep -qzxF -e a || ` +
  `{ echo 'expected a grep that knows -z: install GNU grep there' >&2; exit 3; }; `;

// One program looks through all environments: a machine may run thousands of processes.
const find = expectGrep + 'exec 2>/dev/null; grep -lzxF -e "$1" /proc/[0-9]*/environ; true';

// Looks at the environment again: another process may have the number by now.
const send =
  expectGrep +
  'exec 2>/dev/null; variable=$1; signal=$2; shift 2; for pid; do ' +
  'grep -qzxF -e "$variable" "/proc/$pid/environ" && kill -s "$signal" "$pid"; done; true';

const limit = { timeout: 10 };

function processesOn(shell: Shell, variable: string): ProcessTable {
  const states = async (pids: readonly number[]): Promise<MarkedProcess[]> => {
    if (pids.length === 0) return [];
    const files = pids.map((pid) => `/proc/${pid}/stat`);
    const script = 'exec 2>/dev/null; cat -- "$@"; true';
    const { stdout } = await shell.run(['sh', '-c', script, 'sh', ...files], limit);
    return stdout.split('\n').flatMap((line) => {
      const state = parseStat(line);
      return state === undefined ? [] : [{ pid: Number.parseInt(line, 10), ...state }];
    });
  };
  return {
    async marked() {
      const { stdout } = await shell.run(['sh', '-c', find, 'sh', variable], limit);
      const pids = [...stdout.matchAll(/^\/proc\/(\d+)\//gm)].map(([, pid]) => Number(pid));
      return states(pids);
    },
    async signal(found, signal) {
      const pids = found.map(({ pid }) => String(pid));
      await shell.run(['sh', '-c', send, 'sh', variable, signal, ...pids], limit);
    },
    async living(found) {
      const now = await states(found.map(({ pid }) => pid));
      const same = (a: MarkedProcess, b: MarkedProcess) => a.pid === b.pid && a.start === b.start;
      return found.filter((one) => now.some((other) => same(one, other)));
    },
  };
}
