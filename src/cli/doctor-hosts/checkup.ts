import { posix } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import { describeMachine } from '../../harness/results/environment.ts';
import { readHostTexts } from '../../harness/runner/hosts/host-texts.ts';
import { missingBridge } from '../../harness/runner/hosts/missing-bridge.ts';
import { randomToken, type Ledger } from '../../platform/ledger/ledger.ts';
import { ownedDirectoryOn } from '../../platform/ledger/owned-directory-on.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import { longestRuntime } from '../../platform/remote/inventory/longest-runtime.ts';
import { CommandError } from '../../platform/remote/shell.ts';
import { isThisMachine } from '../../platform/remote/this-machine.ts';
import { storageBackend } from '../../platform/storage/index.ts';
import { readCpuSettings } from './cpu-settings.ts';
import type { Finding } from './finding.ts';
import { examineLustre } from './lustre-programs.ts';
import { examinePrograms } from './programs.ts';
import { examineXen } from './xen.ts';

/** Looks at one host that is reached. What is tried on its storages goes with the ledger. */
export async function examineHost(
  host: Host,
  others: readonly Host[],
  ledger: Ledger,
): Promise<Finding[]> {
  // Alone, or they would be measured beside all the others.
  const timed = await attempt('commands', () => commands(host));
  const found = await Promise.all([
    attempt('machine', () => machine(host)),
    attempt('programs', () => examinePrograms(host)),
    ...(runs(host, 'xen') ? [attempt('xen', () => examineXen(host))] : []),
    ...(Object.values(host.storages).some(({ kind }) => kind === 'lustre')
      ? [attempt('lustre', () => examineLustre(host.shell))]
      : []),
    attempt('cpu', () => cpu(host)),
    attempt('clock', () => Promise.resolve([clock(host)])),
    attempt('runtime', () => runtime(host)),
    ...Object.keys(host.storages).map((name) =>
      attempt(`storage ${name}`, () => storage(host, name, ledger)),
    ),
    ...(host.bridge === undefined ? [] : [attempt('bridge', () => bridge(host))]),
    attempt('reaches', () => reaches(host, others)),
  ]);
  return [...timed, ...found.flat()];
}

async function attempt(topic: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof UserError) {
      return error.problems.map((problem) => ({ topic, text: '', problem }));
    }
    if (!(error instanceof CommandError)) throw error;
    return [{ topic, text: '', problem: { message: error.message } }];
  }
}

async function machine(host: Host): Promise<Finding[]> {
  const { shell } = host;
  const texts = await readHostTexts(shell);
  const { cpu, cpus, memory, distribution, kernel } = describeMachine(texts);
  const text = `${cpus} × ${cpu}, ${formatBytes(memory)}, ${distribution}, kernel ${kernel}`;
  if (!runs(host, 'qemu')) return [{ topic: 'machine', text }];
  const kvm: Finding =
    texts.kvmRefusal === ''
      ? { topic: 'kvm', text: '/dev/kvm opens' }
      : {
          topic: 'kvm',
          text: texts.kvmRefusal,
          advice: 'guests will be emulated: load kvm-intel or kvm-amd, join group kvm',
        };
  return [{ topic: 'machine', text }, kvm];
}

async function cpu({ shell }: Host): Promise<Finding[]> {
  const settings = await readCpuSettings(shell);
  const { governor, turbo, numaNodes, freeHugePages, hugePageSize } = settings;
  const parts = [
    `governor ${governor ?? 'unknown'}`,
    `turbo ${turbo === undefined ? 'unknown' : turbo ? 'on' : 'off'}`,
    `${numaNodes} NUMA ${numaNodes === 1 ? 'node' : 'nodes'}`,
    `${freeHugePages} free huge pages${freeHugePages > 0 ? ` of ${formatBytes(hugePageSize)}` : ''}`,
  ];
  const advice = [
    ...(governor === undefined || governor === 'performance'
      ? []
      : ['for steady results: cpupower frequency-set -g performance']),
    ...(turbo === true ? ['turbo makes results depend on what else runs: switch it off'] : []),
  ];
  return [
    {
      topic: 'cpu',
      text: parts.join(', '),
      ...(advice.length > 0 && { advice: advice.join('; ') }),
    },
  ];
}

function clock({ clock }: Host): Finding {
  const doubt = clock.uncertainty * 1000;
  const text = doubt === 0 ? "this kernel's own" : `known to ±${doubt.toPrecision(2)} ms`;
  return doubt > 1
    ? { topic: 'clock', text, advice: 'outages will be known no better than that' }
    : { topic: 'clock', text };
}

/** Milliseconds that a command may take before somebody should know why. */
const slow = 50;

async function commands({ shell }: Host): Promise<Finding[]> {
  const times: number[] = [];
  for (let left = 5; left > 0; left -= 1) {
    const begin = performance.now();
    await shell.run(['true'], { timeout: 20 });
    times.push(performance.now() - begin);
  }
  const [, , median = 0] = times.sort((a, b) => a - b);
  const text = `${median.toPrecision(2)} ms each`;
  if (median < slow) return [{ topic: 'commands', text }];
  const advice =
    'if the network is not that slow, the login shell is: let ~/.bashrc there begin with ' +
    '[ -z "$PS1" ] && return';
  return [{ topic: 'commands', text, advice }];
}

async function runtime({ shell, runtime }: Host): Promise<Finding[]> {
  const remedy = 'name another folder in the inventory (runtime)';
  if (Buffer.byteLength(runtime) > longestRuntime) {
    const message = `${runtime}: expected a path of at most ${longestRuntime} bytes, for sockets`;
    return [{ topic: 'runtime', text: '', problem: { message, remedy } }];
  }
  const script = '[ -d "$0" ] && [ -w "$0" ] && echo yes || echo no';
  const { stdout } = await shell.run(['sh', '-c', script, runtime], { timeout: 20 });
  if (stdout === 'yes\n') return [{ topic: 'runtime', text: runtime }];
  const message = `${runtime}: expected a folder that we may write to`;
  return [{ topic: 'runtime', text: '', problem: { message, remedy } }];
}

async function storage(host: Host, name: string, ledger: Ledger): Promise<Finding[]> {
  const { kind, path } = host.storages[name] ?? { kind: '', path: '' };
  const backend = storageBackend(kind);
  const folder = await ownedDirectoryOn(
    host,
    ledger,
    posix.join(path, `vg-doctor-${randomToken()}`),
  );
  const { filesystem, free, directIo, warnings } = await backend.inspect(host.shell, folder);
  const text = [
    `${kind} ${path}  ${filesystem}`,
    `${formatBytes(free)} free`,
    directIo ? 'O_DIRECT' : 'no O_DIRECT',
    ...(backend.standIn === undefined ? [] : [`stand-in: ${backend.standIn}`]),
  ].join(', ');
  const topic = `storage ${name}`;
  return [
    directIo ? { topic, text } : { topic, text, advice: 'cache: none will fail on it' },
    ...warnings.map((warning) => ({ topic: '', text: warning })),
  ];
}

async function bridge({ shell, bridge = '' }: Host): Promise<Finding[]> {
  const problem = await missingBridge(shell, bridge);
  if (problem === undefined) return [{ topic: 'bridge', text: bridge }];
  return [{ topic: 'bridge', text: '', problem }];
}

/** One echo, else a connection to sshd, for networks that let no echo through. */
const reach = `ping -c 1 -W 2 "$1" >/dev/null 2>&1 ||
timeout 5 bash --norc -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null`;

async function reaches(host: Host, others: readonly Host[]): Promise<Finding[]> {
  const peers = others.filter(
    (peer) => peer !== host && !(isThisMachine(host) && isThisMachine(peer)),
  );
  if (peers.length === 0) return [];
  const looks = await Promise.all(
    peers.map(async ({ name, address, entry }) => {
      const port = String(entry?.ssh?.port ?? 22);
      try {
        await host.shell.run(['sh', '-c', reach, 'reach', address, port], { timeout: 20 });
        return { name, address, reached: true };
      } catch (error) {
        if (error instanceof CommandError) return { name, address, reached: false };
        throw error;
      }
    }),
  );
  const reached = looks.filter((look) => look.reached).map(({ name }) => name);
  return [
    { topic: 'reaches', text: reached.join(', ') || 'none of the others' },
    ...looks
      .filter((look) => !look.reached)
      .map(({ name, address }) => ({
        topic: '',
        text: '',
        problem: {
          message: `${name} is not reached at ${address}: nothing can migrate there`,
          remedy: 'name an address that hosts reach in the inventory (migrationAddress)',
        },
      })),
  ];
}
