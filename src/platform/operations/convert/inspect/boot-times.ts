import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

/** How long the machine's own start took, firmware and boot loader not among it; seconds. */
export interface BootTimes {
  /** Until its first program ran; undefined where its log no longer says. */
  kernel?: number;
  /** From then until the last of the services that others reach had been started. */
  services?: number;
}

const script = `
dmesg 2>/dev/null | grep -E 'Run /[^ ]*init as init process|Freeing unused kernel' | tail -n 1
${separate}
getconf CLK_TCK 2>/dev/null || echo 100; ${separate}
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print $10 }'; ${separate}
for folder in /proc/[0-9]*; do
  links=$(ls -l "$folder/fd" 2>/dev/null | grep -o 'socket:\\[[0-9]*\\]' | tr -dc '0-9\\n' | tr '\\n' ' ')
  [ -n "$links" ] && echo "$(cut -d')' -f2 "$folder/stat" 2>/dev/null | cut -d' ' -f21) $links"
done
true`;

export async function readBootTimes(shell: Shell): Promise<BootTimes> {
  return parseBootTimes(await look(shell, script));
}

/** Seconds in which nothing that serves was started: the boot was over, what follows is somebody's. */
const pause = 10;

/**
 * @param text the kernel's line of its end of booting, ticks a second, inodes of listening sockets,
 *   and a line for each process: its start in ticks, inodes of its sockets
 */
export function parseBootTimes(text: string): BootTimes {
  const [line = '', ticks = '', sockets = '', processes = ''] = partsOf(text);
  const [, stamp] = /^\[\s*(\d+\.\d+)\]/.exec(line) ?? [];
  const kernel = stamp === undefined ? undefined : Number(stamp);
  const listening = new Set(sockets.split('\n').map((inode) => inode.trim()));
  const starts = processes.split('\n').flatMap((each) => {
    const [start = '', ...inodes] = each.trim().split(/\s+/);
    if (!inodes.some((inode) => listening.has(inode))) return [];
    const seconds = Number(start) / Number(ticks || 100);
    return Number.isFinite(seconds) ? [seconds] : [];
  });
  const begin = kernel ?? Math.min(...starts);
  const last = starts
    .sort((a, b) => a - b)
    .reduce((end, start) => (start - end <= pause ? Math.max(end, start) : end), begin);
  return {
    ...(kernel !== undefined && { kernel }),
    ...(starts.length > 0 && last > begin && { services: last - (kernel ?? 0) }),
  };
}
