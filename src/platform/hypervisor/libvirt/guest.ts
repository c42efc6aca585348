import { Console } from '../../guest/console.ts';
import { QemuGuestAgent } from '../../guest/control/qemu-guest-agent.ts';
import type { Host } from '../../remote/host.ts';
import type { Ended, Process, Shell } from '../../remote/shell.ts';
import { within } from '../../within.ts';
import type { Guest, GuestSpec, Hypervisor, RunChange } from '../hypervisor.ts';
import { describeDiskError } from '../qemu/disk-error.ts';
import { processExists, tapOf } from '../qemu/process.ts';
import { domainName } from './domain/domain-name.ts';
import { socketPaths } from './domain/devices.ts';
import { onMonitorEvent } from './monitor-events.ts';
import { serviceAddress } from './service-address.ts';
import { domainState, isAbsentNow, virsh } from './virsh.ts';

/** Seconds in which the process of an ended guest must go. */
const endLimit = 30;

const runStates: Readonly<Record<string, RunChange['state']>> = {
  RESUME: 'running',
  STOP: 'stopped',
};

/** Listens to a guest that may be yet to come. */
export interface Ear {
  stamps: Guest['stamps'];
  faults: string[];
  listeners: Set<(change: RunChange) => void>;
  stop: () => Promise<void>;
}

/** @throws CommandError if virsh does not start */
export async function listenTo(host: Host, spec: GuestSpec): Promise<Ear> {
  const stamps: Guest['stamps'] = {};
  const faults: string[] = [];
  const listeners = new Set<(change: RunChange) => void>();
  const stop = await onMonitorEvent(
    host,
    domainName(spec),
    spec.environment,
    ({ event, data, at }) => {
      if (event === 'RESUME') stamps.running ??= at;
      const state = runStates[event];
      if (state) for (const listener of [...listeners]) listener({ state, at });
      if (event === 'BLOCK_IO_ERROR') faults.push(describeDiskError(data));
    },
  );
  return { stamps, faults, listeners, stop };
}

/**
 * A domain that libvirt has on a host, as a guest of ours.
 * @param ear has listened since before the domain was there; ends with the guest
 * @throws Error if it cannot be reached; the domain is left as it is
 */
export async function attach(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
  { stamps, faults, listeners, stop }: Ear,
): Promise<Guest> {
  const { shell, clock } = host;
  const name = domainName(spec);
  const paths = socketPaths(spec.directory);
  const pid = await readPid(shell, name);
  const watch = await watchProcess(shell, pid, spec.environment);
  let ended = false;
  const gone = watch.exited.then(async (how) => {
    ended = true;
    await stop();
    return whyGone(shell, name, how);
  });
  const [consoleStream, agentStream, service] = await Promise.all([
    shell.connect(paths.console),
    shell.connect(paths.agent),
    serviceAddress(shell, name, spec),
  ]).catch((error: unknown) => {
    watch.kill('SIGTERM');
    throw error;
  });
  return {
    ...{ spec, host, hypervisor, pid, service, stamps, faults, gone },
    console: new Console(consoleStream, clock, spec.consoleLog),
    control: new QemuGuestAgent(agentStream),
    onRunChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async resume() {
      await virsh(shell, ['resume', name]);
    },
    async pause() {
      await virsh(shell, ['suspend', name]);
    },
    async running() {
      // Another of this name may have come since: moved away and back.
      if (ended) return false;
      try {
        return (await domainState(shell, name, { timeout: 10 })) === 'running';
      } catch {
        return false;
      }
    },
    async destroy() {
      if (!ended) await end(shell, name, pid);
      await within(endLimit, `QEMU (process ${pid}) did not end within ${endLimit} s`, gone);
    },
    exists: () => processExists(shell, pid),
    hostInterface: () => tapOf(shell, pid),
  };
}

async function readPid(shell: Shell, name: string): Promise<number> {
  const text = (await shell.readFile(`/run/libvirt/qemu/${name}.pid`)).toString();
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) throw new Error(`libvirt knows no process of ${name}: ${JSON.stringify(text)}`);
  return pid;
}

/** A program that ends when a process of the host, of which it is no parent, has ended. */
function watchProcess(
  shell: Shell,
  pid: number,
  env: Readonly<Record<string, string>>,
): Promise<Process> {
  return shell.start(['tail', '--follow', '--sleep-interval=0.05', `--pid=${pid}`, '/dev/null'], {
    env,
  });
}

async function end(shell: Shell, name: string, pid: number): Promise<void> {
  try {
    await virsh(shell, ['destroy', name]);
  } catch (error) {
    if (await isAbsentNow(error, shell, name).catch(() => false)) return;
    // libvirtd does not answer, or cannot end it.
    await shell.run(['kill', '-KILL', String(pid)], { timeout: 10 }).catch(() => undefined);
  }
}

/** With the end of what libvirt kept of QEMU's own words. */
async function whyGone(shell: Shell, name: string, { lost, signal }: Ended): Promise<string> {
  if (lost !== undefined) return `QEMU is out of reach: ${lost}`;
  if (signal !== undefined) return `QEMU is no longer watched: that was ended by ${signal}`;
  try {
    const log = `/var/log/libvirt/qemu/${name}.log`;
    const { stdout } = await shell.run(['tail', '--lines=4', log], { timeout: 10 });
    const lines = stdout.split('\n').map((line) => line.replace(/^\S+ \S+: /, '').trim());
    const said = lines.filter((line) => line !== '' && !/ is tainted: /.test(line));
    return ['QEMU is gone', ...said].join(': ');
  } catch {
    return 'QEMU is gone';
  }
}
