import { createInterface } from 'node:readline';
import type { Host } from '../../remote/host.ts';
import type { PipedProcess, Shell } from '../../remote/shell.ts';
import { parseMonitorEvent, type MonitorEvent } from './monitor-event.ts';
import { plainLanguage, virshCommand } from './virsh.ts';

/** An event of one guest. */
export type DomainEvent = Pick<MonitorEvent, 'event' | 'data'> & {
  /** QEMU's own stamp, in seconds on our clock. */
  at: number;
};

type Listener = (event: MonitorEvent) => void;

/** One program that listens for all guests of a host, also for those that are yet to come. */
interface Stream {
  process: Promise<PipedProcess>;
  listeners: Set<Listener>;
}

const streams = new WeakMap<Shell, Stream>();

/**
 * Calls `listener` for what QEMU says of one guest, which need not exist yet, until the result is
 * called; that resolves when nothing of it is left on the host. virsh does not say when it listens: some ten milliseconds later it does.
 * @param environment of the program that listens, so that the ledger finds it
 * @throws CommandError if virsh does not start
 */
export async function onMonitorEvent(
  { shell, clock }: Pick<Host, 'shell' | 'clock'>,
  domain: string,
  environment: Readonly<Record<string, string>>,
  listener: (event: DomainEvent) => void,
): Promise<() => Promise<void>> {
  const hear: Listener = ({ domain: whose, event, data, wall }) => {
    if (whose === domain) listener({ event, data, at: clock.fromWall(wall) });
  };
  const stream = streams.get(shell) ?? open(shell, environment);
  // Before anything is waited for: nobody must end it meanwhile.
  stream.listeners.add(hear);
  const process = await stream.process;
  return async () => {
    stream.listeners.delete(hear);
    if (stream.listeners.size > 0) return;
    forget(shell, stream);
    process.kill('SIGTERM');
    await process.exited;
  };
}

function open(shell: Shell, environment: Readonly<Record<string, string>>): Stream {
  const listeners = new Set<Listener>();
  const process = shell.open(virshCommand(['qemu-monitor-event', '--loop']), {
    env: { ...plainLanguage, ...environment },
  });
  const stream = { process, listeners };
  streams.set(shell, stream);
  process
    .then(({ stdin, stdout, exited }) => {
      const lines = createInterface({ input: stdout });
      // Its end is told by `exited`.
      for (const each of [stdin, stdout, lines]) each.on('error', () => undefined);
      lines.on('line', (line) => {
        const event = parseMonitorEvent(line);
        if (event) for (const listener of [...listeners]) listener(event);
      });
      return exited;
    })
    .then(() => forget(shell, stream))
    .catch(() => forget(shell, stream));
  return stream;
}

/** What has ended, with its libvirtd perhaps, must not be found by the next. */
function forget(shell: Shell, stream: Stream): void {
  if (streams.get(shell) === stream) streams.delete(shell);
}
