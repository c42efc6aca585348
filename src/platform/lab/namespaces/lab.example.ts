import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { markedProcesses } from '../../ledger/kinds/marked-processes.ts';
import { labDown, labNames, labUp, readLab, type LabRequest } from '../index.ts';

export const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('a lab of namespaces needs root');
/** For the names of tests. */
export const unlessRoot = isRoot ? '' : ', skipped: needs root';

/** A lab for tests, in a state directory of its own. */
export function testLab(called: string) {
  const state = mkdtempSync(join(tmpdir(), 'virtgauge-lab-test-'));
  const cache = cacheDirectory(process.env);
  const name = `${called}-${process.pid}`;
  return {
    state,
    name,
    up: (options: Partial<LabRequest> = {}) =>
      labUp({ stateDirectory: state, cache, name, namespaces: 2, ...options }),
    down: () => labDown({ stateDirectory: state, name }),
    token: () => readLab(state, name)?.token ?? 'none',
    ssh: (host: number, line: string) => ssh(state, name, host, line),
    traces: (token: string) => traces(cache, token),
    removeAll: async () => {
      for (const left of labNames(state)) await labDown({ stateDirectory: state, name: left });
    },
    close: () => rmSync(state, { recursive: true }),
  };
}

/** Runs a line in a host by the system's own ssh. */
function ssh(state: string, name: string, host: number, line: string): string {
  const { folder, hosts } = readLab(state, name) ?? { folder: '', hosts: [] };
  const known = `UserKnownHostsFile=${folder}/keys/known_hosts`;
  const options = ['-o', known, '-o', 'BatchMode=yes', '-i', `${folder}/keys/id`];
  return execFileSync('ssh', [...options, `root@${hosts[host]?.address ?? ''}`, line], {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Everything of the machine that carries the token of a lab. */
function traces(cache: string, token: string): string[] {
  const short = token.slice(0, 8);
  const lines = (...argv: [string, ...string[]]) =>
    execFileSync(argv[0], argv.slice(1), { encoding: 'utf8' }).split('\n');
  const folders = [join(cache, 'labs'), '/sys/fs/cgroup', '/sys/fs/cgroup/blkio'];
  return [
    ...markedProcesses(`lab-${token}`).map(({ pid, name }) => `process ${pid} ${name}`),
    ...[
      ...lines('ip', 'netns', 'list'),
      ...lines('ip', '-o', 'link'),
      ...readFileSync('/proc/mounts', 'utf8').split('\n'),
      ...folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])),
    ].filter((line) => line.includes(short)),
  ];
}
