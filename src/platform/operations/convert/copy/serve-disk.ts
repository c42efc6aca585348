import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../../ledger/ledger.ts';
import { processesOf } from '../../../ledger/owned-directory-on.ts';
import type { Host } from '../../../remote/host.ts';
import { CommandError, type Process } from '../../../remote/shell.ts';

/** Where a disk is written to, by NBD. */
export interface ServedDisk {
  address: string;
  port: number;
  /** Name of the export. */
  name: string;
}

/** One that somebody serves. */
export interface ServingDisk extends ServedDisk {
  /** Resolves with the reason when it has ended, or nobody can be asked whether it has. */
  gone: Promise<string>;
  /**
   * Whether it, or the disk behind it, hangs: nothing was read and flushed through it in so many
   * seconds. False where that cannot be found out.
   */
  hangs(seconds: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Ports that nothing is registered for (RFC 6335: dynamic). */
const ports = [49_152, 60_000] as const;
/** Seconds for a server to be up, and for it to end. */
const patience = 30;

/**
 * Lets others write a file of a host: qemu-nbd, entered in the ledger before it runs. What is written
 * is on stable storage when a client has flushed; zeros become holes.
 * @param file raw, of the disk's size
 * @param shared a guest whose CPUs have not been let go may have it open meanwhile
 * @throws Error with the words of qemu-nbd if it does not start
 */
export async function serveDisk(
  host: Host,
  file: string,
  ledger: Ledger,
  { shared = false }: { shared?: boolean } = {},
): Promise<ServingDisk> {
  const name = randomToken();
  const mark = randomToken();
  const entry = ledger.enter(processesOf(host, mark));
  // Another program may have a port: the next one then.
  for (let tries = 5; ; tries -= 1) {
    const port = randomInt(...ports);
    const process = await host.shell.start(
      [
        ...(['qemu-nbd', '--persistent', '--shared=0', '--cache=none'] as const),
        ...['--discard=unmap', '--detect-zeroes=unmap', `--bind=${host.address}`],
        ...[`--port=${port}`, `--export-name=${name}`],
        ...(shared ? ['--image-opts', unlocked(file)] : ['--format=raw', file]),
      ],
      { env: markEnvironment(mark) },
    );
    const failed = await outcome(host, process, { port, name });
    if (failed === undefined) {
      return {
        ...{ address: host.address, port, name },
        gone: process.exited.then(
          ({ lost, stderr, code }) => lost ?? (stderr.trim() || `code ${code ?? '?'}`),
        ),
        hangs: (seconds) => hangs(host, { port, name }, seconds),
        async stop() {
          process.kill('SIGTERM');
          await Promise.race([process.exited, sleep(patience * 1000)]);
          await ledger.remove(entry);
        },
      };
    }
    if (tries === 1 || !failed.includes('in use')) {
      await ledger.remove(entry);
      throw new Error(`${host.name}: the disk cannot be served: ${failed}`);
    }
  }
}

async function hangs(
  { shell, address }: Pick<Host, 'shell' | 'address'>,
  { port, name }: Pick<ServedDisk, 'port' | 'name'>,
  seconds: number,
): Promise<boolean> {
  const url = `nbd://${address.includes(':') ? `[${address}]` : address}:${port}/${name}`;
  const asked = ['qemu-io', '-f', 'raw', '-c', 'read 0 4096', '-c', 'flush', url] as const;
  try {
    await shell.run(['timeout', String(seconds), ...asked], {
      timeout: seconds + 30,
    });
    return false;
  } catch (error) {
    return error instanceof CommandError && error.code === 124;
  }
}

/** A file that QEMU opens without its lock; in an option's value a comma is written twice. */
function unlocked(file: string): string {
  return `driver=raw,file.driver=file,file.locking=off,file.filename=${file.replaceAll(',', ',,')}`;
}

/** Undefined once it offers the disk, else why it ended. That it listens says less: it listens before it opens the disk. */
async function outcome(
  { shell, address }: Pick<Host, 'shell' | 'address'>,
  process: Process,
  { port, name }: Pick<ServedDisk, 'port' | 'name'>,
): Promise<string | undefined> {
  const script = `
left=${patience * 10}
until qemu-nbd --list --bind="$1" --port="$2" 2>/dev/null | grep -qF "$3"; do
  left=$((left - 1)); [ $left -gt 0 ] || exit 1; sleep 0.1
done`;
  const asked = ['sh', '-c', script, 'sh', address, String(port), name] as const;
  const up = shell.run(asked, { timeout: patience * 3 }).then(
    () => undefined,
    () => `it does not offer the disk after ${patience} s`,
  );
  const ended = process.exited.then(({ stderr, code }) => stderr.trim() || `code ${code ?? '?'}`);
  const failed = await Promise.race([up, ended]);
  if (failed !== undefined) process.kill('SIGKILL');
  return failed;
}
