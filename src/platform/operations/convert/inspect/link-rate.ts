import type { Host } from '../../../remote/host.ts';
import type { PipedProcess, Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** Perl's smallest form, which every Debian has; the clock is `/proc/uptime`, good to 10 ms. */
const uptime = 'sub now { open my $f, "<", "/proc/uptime"; (split " ", <$f>)[0] }';

/** Takes one connection, counts what comes, and says after a while how much in how many seconds. */
const receiver = `use strict; use IO::Socket::IP; $| = 1; alarm 60; ${uptime}
my $listener = IO::Socket::IP->new(Listen => 1, LocalPort => 0) or die "$@\\n";
print $listener->sockport, "\\n";
my $from = $listener->accept or die "$!\\n";
my ($buffer, $bytes, $begin, $end) = ("", 0);
my $start = now();
while (my $read = sysread $from, $buffer, 1 << 18) {
  $end = now();
  # The first moments are of a connection that does not know its network yet.
  if (!defined $begin) { $begin = $end if $end - $start >= $ARGV[0]; next }
  $bytes += $read;
}
print defined $begin ? "$bytes " . ($end - $begin) : "0 0", "\\n";`;

const sender = `use strict; use IO::Socket::IP; alarm 60; ${uptime} $SIG{PIPE} = "IGNORE";
my $to = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => 10) or die "$@\\n";
my $piece = "v" x (1 << 18);
my $end = now() + $ARGV[2];
1 while now() < $end && syswrite $to, $piece;`;

/** Seconds of which nothing is counted. */
const warmUp = 0.3;

/**
 * How fast one stream of TCP gets from the source to the target, without encryption.
 * @param seconds for which it is loaded, in all
 * @returns bytes a second
 * @throws Error saying why it could not be measured: no perl, a firewall
 */
export async function readLinkRate(
  source: Shell,
  target: Pick<Host, 'shell' | 'address'>,
  seconds = 2,
): Promise<number> {
  const listening = await target.shell.open(['perl', '-e', receiver, String(warmUp)]);
  try {
    const lines = linesOf(listening);
    const port = Number(await lines.next());
    if (!(port > 0)) throw new Error('the target does not listen: perl is missing there');
    const args = [sender, target.address, String(port), String(warmUp + seconds)];
    await look(source, 'perl -e "$1" "$2" "$3" "$4"', { args, timeout: seconds + 30 });
    const [bytes = 0, time = 0] = (await lines.next()).split(' ').map(Number);
    if (!(time > 0)) throw new Error('nothing of it arrived at the target');
    return bytes / time;
  } finally {
    listening.stdin.end();
    listening.kill('SIGKILL');
    await listening.exited;
  }
}

/** One line after the other; an empty one where nothing more comes. */
function linesOf({ stdout }: PipedProcess): { next(): Promise<string> } {
  const waiting: ((line: string) => void)[] = [];
  const ready: string[] = [];
  let text = '';
  let ended = false;
  const give = (line: string) => {
    const taker = waiting.shift();
    if (taker) taker(line);
    else ready.push(line);
  };
  stdout.setEncoding('utf8').on('data', (piece: string) => {
    const parts = (text + piece).split('\n');
    text = parts.pop() ?? '';
    for (const line of parts) give(line);
  });
  const end = () => {
    ended = true;
    for (const taker of waiting.splice(0)) taker('');
  };
  stdout.on('end', end).on('error', end);
  return {
    next: () =>
      new Promise((resolve) => {
        const line = ready.shift();
        if (line !== undefined) resolve(line);
        else if (ended) resolve('');
        else waiting.push(resolve);
      }),
  };
}
