import { createInterface } from 'node:readline';
import type { Shell } from '../../../remote/shell.ts';
import { within } from '../../../within.ts';
import type { BootPath } from './boot-path.ts';
import { envBlock, envBlockBytes, envBlockStart, isTombstone } from './env-block.ts';

/** Seconds for a command on the VMM. */
const timeout = 60;

type Place = Pick<BootPath, 'disk' | 'tombstoneAt' | 'token'>;

/** Past QEMU and all file systems; ended when it is on stable storage. `$1` file, `$2` disk, `$3` byte. */
const write = `dd if="$1" of="$2" bs=${envBlockBytes} count=1 seek="$3" oflag=direct,seek_bytes conv=notrunc,fsync`;

const read = `dd if="$2" bs=${envBlockBytes} count=1 skip="$3" iflag=direct,skip_bytes`;

/**
 * Never over anything but this conversion's own mark, `$4`: another one may have made its own since, or
 * the file is gone and its place is somebody's. Looked at before all begins, and again before it is set.
 */
const bury = `
own() {
  seen=$(${read} 2> /dev/null) || { echo "byte $3 of $2 cannot be read"; exit 1; }
  [ "$seen" = "$4" ] && return
  echo "what stands at byte $3 of $2 is not the mark of this conversion"
  exit 1
}
own "$@"
echo armed
read -r go || exit 0
own "$@"
${write} 2>&1 && echo buried`;

/** `$4` is how every block of ours begins: there is nothing to take back from anything else. */
const takeBack = `
seen=$(${read}) || exit 1
case $seen in
  "$4"*) cat > "$1" && ${write} ;;
esac`;

/** A tombstone that only waits for a word: what is left to do then is one write. */
export interface ArmedTombstone {
  /** Of the program that waits. */
  readonly pid: number;
  /** Sets it; resolves when it is on stable storage. Rejects if its place is not this conversion's any more. */
  bury(): Promise<void>;
  /** Lets it be, if it was not set. */
  disarm(): void;
}

/**
 * @param shell of the VMM, on the machine with the disk
 * @throws Error if its place is not this conversion's
 */
export async function armTombstone(
  shell: Shell,
  { disk, tombstoneAt, token }: Place,
): Promise<ArmedTombstone> {
  const file = '/run/tombstone';
  await shell.writeFile(file, envBlock(true, token));
  const place = [disk, String(tombstoneAt), envBlock(false, token)];
  const process = await shell.open(['sh', '-c', bury, 'arm', file, ...place]);
  // What is lost with the connection is told by `exited`.
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => undefined);
  const lines: string[] = [];
  let look: () => void = () => undefined;
  const reader = createInterface({ input: process.stdout });
  reader.on('error', () => undefined);
  reader.on('line', (line) => {
    lines.push(line);
    look();
  });
  const told = (word: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => {
        if (lines.includes(word)) resolve();
      };
      look();
      void process.exited.then(({ stderr }) =>
        reject(new Error(`no tombstone: ${[...lines, stderr].join(' ').trim()}`)),
      );
    });
  await within(timeout, 'the VMM does not answer', told('armed'));
  return {
    pid: process.pid,
    async bury() {
      process.stdin.write('go\n');
      await within(timeout, 'no word of the tombstone', told('buried'));
    },
    disarm: () => process.stdin.end(),
  };
}

/**
 * Takes the tombstone back: a power-on of the machine starts its own system again. What is neither one
 * nor its place before it was set is left as it is.
 */
export async function exhume(shell: Shell, { disk, tombstoneAt, token }: Place): Promise<void> {
  const place = [disk, String(tombstoneAt), envBlockStart];
  await shell.run(['sh', '-c', takeBack, 'exhume', '/run/no-tombstone', ...place], {
    input: envBlock(false, token),
    timeout,
  });
}

/** Whether the tombstone is set, by a look at the disk itself. */
export async function isBuried(shell: Shell, { disk, tombstoneAt }: Place): Promise<boolean> {
  const argv = ['sh', '-c', read, 'look', '', disk, String(tombstoneAt)] as const;
  const { stdout } = await shell.run([...argv], { timeout });
  return isTombstone(stdout);
}
