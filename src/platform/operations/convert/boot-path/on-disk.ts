import { UserError } from '../../../../base/errors.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import { envBlockBytes } from './env-block.ts';

/** Seconds for a look at the host. */
const timeout = 60;

/**
 * `$1` a file, `$2` the disk: prints the byte of the disk at which the file's only extent begins, and
 * proves it by reading it there. FIBMAP (1) and FIGETBSZ (2) are the oldest of ioctls: ext2 to 4, XFS
 * and FAT know them; Btrfs, whose blocks move, does not.
 */
const script = `
file=$1 disk=$2
sync "$file" 2>/dev/null || sync
set -- $(perl -e '
  open(F, "<", $ARGV[0]) or die "$ARGV[0]: $!\\n";
  my $size = pack("I", 0);
  ioctl(F, 2, $size) or die "FIGETBSZ: $!\\n";
  $size = unpack("I", $size);
  my $first;
  for my $i (0 .. (${envBlockBytes} + $size - 1) / $size - 1) {
    my $block = pack("I", $i);
    ioctl(F, 1, $block) or die "FIBMAP: $!\\n";
    $block = unpack("I", $block);
    $first = $block if $i == 0;
    die "it is in pieces\\n" if $block == 0 or $block != $first + $i;
  }
  my $dev = (stat(F))[0];
  printf "%d %d:%d\\n", $first * $size, ($dev >> 8) & 0xfff, ($dev & 0xff) | (($dev >> 12) & 0xfff00);
' "$file") || exit 1
[ $# = 2 ] || exit 1
device=/sys/dev/block/$2 start=0
[ ! -e "$device/dm" ] && [ ! -e "$device/md" ] || { echo "it is on a mapped device" >&2; exit 1; }
if [ -e "$device/partition" ]; then
  start=$(cat "$device/start")
  parent=$(cat "$device/../dev")
else
  parent=$2
fi
[ "/dev/$(sed -n 's/^DEVNAME=//p' "/sys/dev/block/$parent/uevent")" = "$disk" ] ||
  { echo "it is not on $disk" >&2; exit 1; }
at=$(($1 + start * 512))
dd if="$disk" bs=${envBlockBytes} count=1 iflag=direct,skip_bytes skip=$at 2>/dev/null | cmp -s - "$file" ||
  { echo "what stands at byte $at of $disk is something else" >&2; exit 1; }
echo "$at"
`;

/**
 * Where a file of one block lies on a disk, in bytes: what is written there later is in the file though
 * nobody has its file system mounted.
 * @throws UserError if it cannot be found out for certain
 */
export async function placeOnDisk(shell: Shell, file: string, disk: string): Promise<number> {
  try {
    const { stdout } = await shell.run(['sh', '-c', script, 'place', file, disk], { timeout });
    return Number(stdout.trim());
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new UserError(
      {
        where: `${shell.host}:${file}`,
        message: `expected a file in one piece on a partition of ${disk}, got: ${cause.stderr.trim().split('\n').at(-1) ?? cause.message}`,
        remedy: /perl.*not found/.test(cause.stderr)
          ? 'Install perl on it, for the time of the conversion.'
          : 'Give /boot a partition of its own (ext4).',
      },
      { cause },
    );
  }
}
