import { createInterface } from 'node:readline';
import type { Host } from '../../remote/host.ts';
import type { PipedProcess, Shell } from '../../remote/shell.ts';
import { parseList, type DomainLine } from './parse/list.ts';
import { plainLanguage, xl } from './xl.ts';

/** All domains of a host, or why they are not known any more. */
export type Look = { domains: readonly DomainLine[] } | { lost: string };

type Listener = (look: Look) => void;

/** One program that listens for all guests of a host. */
interface Stream {
  process: Promise<PipedProcess>;
  listeners: Set<Listener>;
}

const streams = new WeakMap<Shell, Stream>();

/**
 * Calls `listener` with all domains of a host, soon and then whenever one has shut down or is gone,
 * until the result is called; that resolves when nothing of it is left on the host.
 * @param environment of the program that listens, so that the ledger finds it
 * @throws CommandError if it does not start
 */
export async function onRelease(
  { shell }: Pick<Host, 'shell'>,
  environment: Readonly<Record<string, string>>,
  listener: Listener,
): Promise<() => Promise<void>> {
  const known = streams.get(shell);
  const stream = known ?? open(shell, environment);
  // Before anything is waited for: nobody must end it meanwhile.
  stream.listeners.add(listener);
  const process = await stream.process;
  // A new one tells by itself when it listens.
  if (known !== undefined) void tell(shell, stream);
  return async () => {
    stream.listeners.delete(listener);
    if (stream.listeners.size > 0) return;
    forget(shell, stream);
    process.kill('SIGTERM');
    await process.exited;
  };
}

function open(shell: Shell, environment: Readonly<Record<string, string>>): Stream {
  const process = shell.open(['xenstore-watch', '@releaseDomain'], {
    env: { ...plainLanguage, ...environment },
  });
  const stream: Stream = { process, listeners: new Set() };
  streams.set(shell, stream);
  process
    .then(({ stdin, stdout, exited }) => {
      const lines = createInterface({ input: stdout });
      // Its end is told by `exited`.
      for (const each of [stdin, stdout, lines]) each.on('error', () => undefined);
      lines.on('line', () => void tell(shell, stream));
      return exited;
    })
    .then(({ lost, stderr, signal }) => {
      forget(shell, stream);
      const why = lost ?? `its watch ended: ${stderr.trim() || (signal ?? 'it says no more')}`;
      const all = [...stream.listeners];
      // A look that is under way has nothing more to say.
      stream.listeners.clear();
      for (const listener of all) listener({ lost: why });
    })
    .catch(() => forget(shell, stream));
  return stream;
}

const looking = new WeakMap<Stream, { again: boolean }>();

/** One look at a time; what happens during one is seen by another. */
async function tell(shell: Shell, stream: Stream): Promise<void> {
  const current = looking.get(stream);
  if (current !== undefined) {
    current.again = true;
    return;
  }
  const now = { again: true };
  looking.set(stream, now);
  try {
    while (now.again) {
      now.again = false;
      const domains = parseList(await xl(shell, ['list']));
      for (const listener of [...stream.listeners]) listener({ domains });
    }
  } catch {
    // xl hangs or the host is going: the watch's own end says so.
  } finally {
    looking.delete(stream);
  }
}

/** What has ended must not be found by the next. */
function forget(shell: Shell, stream: Stream): void {
  if (streams.get(shell) === stream) streams.delete(shell);
}
