import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { Console } from '../../guest/console.ts';
import { QemuGuestAgent } from '../../guest/control/qemu-guest-agent.ts';
import type { Host } from '../../remote/host.ts';
import type { Ended, Process, Shell } from '../../remote/shell.ts';
import type { Guest, GuestSpec, Hypervisor, RunChange } from '../hypervisor.ts';
import { consoleTraceEvent, firstSerialByte } from './console-trace.ts';
import { describeDiskError } from './disk-error.ts';
import { guestPaths, qemuCommandLine, type Incoming } from './command-line.ts';
import { keepMonitor } from './monitor.ts';
import { processExists, tapOf } from './process.ts';
import { Qmp } from './qmp.ts';
import { serviceAddress } from './service-address.ts';

const monitorTimeoutSeconds = 30;

/**
 * Starts QEMU with its CPUs held; resolves when its monitor has answered.
 * @param incoming for a guest that comes by migration
 * @throws Error with QEMU's own words if it does not start
 */
export async function launch(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
  incoming?: Incoming,
): Promise<Guest> {
  const process = await host.shell.start(qemuCommandLine(spec, incoming), {
    env: spec.environment,
  });
  try {
    return await attach(hypervisor, host, spec, process, incoming !== undefined);
  } catch (cause) {
    // A QEMU that gives up closes its monitor a moment before it ends.
    await Promise.race([process.exited, sleep(200)]);
    process.kill('SIGKILL');
    const ended = await process.exited;
    // What QEMU says when it gives up tells more than a connection that broke.
    if (ended.signal === 'SIGKILL') throw cause;
    throw new Error(whyGone(ended), { cause });
  }
}

/**
 * A guest by its monitor and its other sockets, which its process makes.
 * @param arrives it does not start here: nothing is stamped
 * @throws Error in QEMU's own words if it ends before its monitor answers
 */
export async function attach(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
  process: Process,
  arrives: boolean,
): Promise<Guest> {
  const { shell, clock } = host;
  const paths = guestPaths(spec.directory);
  const qmp = await Qmp.connect(await connectWhenReady(shell, process, paths.monitor), clock);
  const stamps: Guest['stamps'] = {};
  const faults: string[] = [];
  const listeners = new Set<(change: RunChange) => void>();
  qmp.onEvent(({ event, data, at }) => {
    if (event === 'RESUME') stamps.running ??= at;
    const state = runStates[event];
    if (state) for (const listener of listeners) listener({ state, at });
    if (event === 'BLOCK_IO_ERROR') faults.push(describeDiskError(data));
  });
  const [consoleStream, agentStream, service] = await Promise.all([
    shell.connect(paths.console),
    shell.connect(paths.agent),
    serviceAddress(shell, qmp, spec),
    pinCpus(shell, qmp, spec),
  ]);
  const guestConsole = new Console(consoleStream, clock, spec.consoleLog);
  const stampFirstByte = async () => {
    const stamp = await readConsoleTrace(shell, qmp, paths.trace);
    if (stamp !== undefined) stamps.console = clock.fromWall(stamp);
  };
  // The guest may end first: then there is nothing to stamp.
  if (!arrives) void guestConsole.begun.then(stampFirstByte).catch(() => undefined);
  const guest: Guest = {
    spec,
    host,
    hypervisor,
    pid: process.pid,
    console: guestConsole,
    control: new QemuGuestAgent(agentStream),
    service,
    stamps,
    faults,
    gone: process.exited.then(whyGone),
    onRunChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async resume() {
      await qmp.execute('cont', {});
    },
    async pause() {
      await qmp.execute('stop', {});
    },
    async running() {
      try {
        return (await qmp.execute('query-status', {}, { timeout: 10 })).running;
      } catch {
        return false;
      }
    },
    async destroy() {
      process.kill('SIGKILL');
      await process.exited;
      qmp.close();
    },
    exists: () => processExists(shell, process.pid),
    hostInterface: () => tapOf(shell, process.pid),
  };
  keepMonitor(guest, qmp);
  return guest;
}

const runStates: Readonly<Record<string, RunChange['state']>> = {
  RESUME: 'running',
  STOP: 'stopped',
};

/** QEMU's own stamp of the first byte; tracing costs a little, so it ends with that byte. */
async function readConsoleTrace(shell: Shell, qmp: Qmp, path: string): Promise<number | undefined> {
  await qmp.execute('trace-event-set-state', { name: consoleTraceEvent, enable: false });
  const { stdout } = await shell.run(['head', '-c', '65536', path]);
  return firstSerialByte(stdout);
}

/** QEMU binds its sockets some time after it has started. */
async function connectWhenReady(shell: Shell, process: Process, path: string): Promise<Duplex> {
  let ended: string | undefined;
  void process.exited.then(({ code, stderr }) => {
    ended = `QEMU ended with code ${code} before its monitor answered${ownWords(stderr)}`;
  });
  const deadline = performance.now() + monitorTimeoutSeconds * 1000;
  for (;;) {
    try {
      return await shell.connect(path);
    } catch (error) {
      if (ended !== undefined) throw new Error(ended, { cause: error });
      if (performance.now() > deadline) {
        throw new Error(`QEMU's monitor did not answer within ${monitorTimeoutSeconds} s`, {
          cause: error,
        });
      }
      await sleep(1);
    }
  }
}

function whyGone({ code, signal, stderr, lost }: Ended): string {
  if (lost !== undefined) return `QEMU is out of reach: ${lost}`;
  const how =
    signal === undefined ? `ended with code ${code ?? 'unknown'}` : `was ended by ${signal}`;
  return `QEMU ${how}${ownWords(stderr)}`;
}

/** What QEMU said, without its time stamps and program name. */
function ownWords(stderr: string): string {
  const text = stderr.replaceAll(/^\S+Z? ?qemu-system-\w+: /gm, '').trim();
  return text === '' ? '' : `: ${text}`;
}

async function pinCpus(shell: Shell, qmp: Qmp, { pin }: GuestSpec): Promise<void> {
  if (pin.length === 0) return;
  for (const cpu of await qmp.execute('query-cpus-fast', {})) {
    const target = pin[cpu['cpu-index'] % pin.length];
    await shell.run(['taskset', '-p', '-c', String(target), String(cpu['thread-id'])]);
  }
}
