import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ClientChannel } from 'ssh2';
import { extentsOf } from './extents.ts';
import type { Execution } from './execution.ts';

/**
 * Arguments: a name for the time being, the name. Reads pieces, each after a line with its offset and
 * length, then a line `end SIZE MODE`. What is cut off before that leaves nothing.
 */
export const uploadScript = `
trap 'rm -f -- "$1"' EXIT; trap 'exit 1' TERM INT HUP PIPE
: >"$1" || exit
while read -r what length mode; do
  if [ "$what" = end ]; then
    truncate -s "$length" -- "$1" && chmod -- "$mode" "$1" && mv -fT -- "$1" "$2"
    exit
  fi
  dd of="$1" bs=1M iflag=fullblock,count_bytes count="$length" \\
    oflag=seek_bytes seek="$what" conv=notrunc status=none || exit
done
exit 1
`;

/** The name under which a file grows. */
export function partialName(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.partial`;
}

/**
 * Gives a file to the script, holes left out.
 * @throws Error if the file cannot be read; what the script says is in how it ended
 */
export async function feed(localPath: string, { channel, exit }: Execution): Promise<void> {
  const ended = exit.then(() => undefined);
  try {
    const file = await open(localPath);
    try {
      const { size, mode } = await file.stat();
      for await (const { offset, data } of extentsOf(file)) {
        if (!channel.writable) return;
        channel.write(`${offset} ${data.length}\n`);
        // The piece's buffer is used again, so it must have left before.
        await Promise.race([sent(channel, data), ended]);
      }
      channel.write(`end ${size} ${(mode & 0o7777).toString(8)}\n`);
    } finally {
      await file.close();
    }
  } finally {
    channel.end();
  }
}

function sent(channel: ClientChannel, data: Buffer): Promise<void> {
  return new Promise((resolve) => channel.write(data, () => resolve()));
}
