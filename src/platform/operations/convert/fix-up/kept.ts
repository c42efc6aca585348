import type { Shell } from '../../../remote/shell.ts';

/** Seconds for a command on the source; an initramfs is copied and synced. */
const timeout = 120;

/** What was there before a machine was mended; on the machine itself, so that any process can undo it. */
export const keptFolder = '/var/lib/virtgauge/before';

/**
 * `$1` the folder, `$2` the file, `$3` what is appended to it; without, the new content is standard
 * input. The list says of each file whether there was one, and stands before it is changed, as does the
 * checksum of what it becomes.
 */
const replace = `set -e
folder=$1 file=$2 added=$3
mkdir -p -- "$folder"
number=$(ls -- "$folder" | wc -l)
if [ -e "$file" ]; then
  cp -p -- "$file" "$folder/$number"
  cp -p -- "$file" "$file.virtgauge"
  what=$number
else
  what=-
fi
printf '%s %s\\n' "$what" "$file" >> "$folder/list"
sync
if [ -n "$added" ]; then
  # An archive begins at a multiple of four.
  size=$(stat -c %s -- "$file")
  truncate -s $(((size + 3) / 4 * 4)) "$file.virtgauge"
  cat -- "$added" >> "$file.virtgauge"
else
  cat > "$file.virtgauge"
fi
sum=$(sha256sum < "$file.virtgauge")
printf '%s %s\\n' "\${sum%% *}" "$file" >> "$folder/sums"
sync "$file.virtgauge" 2> /dev/null || sync
mv -f -- "$file.virtgauge" "$file"
sync`;

/** As above; what it becomes is nothing. */
const remove = `set -e
folder=$1 file=$2
mkdir -p -- "$folder"
number=$(ls -- "$folder" | wc -l)
cp -p -- "$file" "$folder/$number"
printf '%s %s\\n' "$number" "$file" >> "$folder/list"
printf ' %s\\n' "$file" >> "$folder/sums"
sync
rm -f -- "$file"
sync`;

/** Takes a file of a machine away, and keeps it. */
export async function keepAndRemove(
  shell: Shell,
  file: string,
  folder = keptFolder,
): Promise<void> {
  await shell.run(['sh', '-c', remove, 'remove', folder, file], { timeout });
}

/** Replaces a file of a machine whole, and keeps what it was. */
export async function keepAndReplace(
  shell: Shell,
  file: string,
  content: string | { append: string },
  folder = keptFolder,
): Promise<void> {
  const added = typeof content === 'string' ? '' : content.append;
  await shell.run(['sh', '-c', replace, 'replace', folder, file, added], {
    ...{ timeout, input: typeof content === 'string' ? content : '' },
  });
}

const restore = `folder=$1
[ -f "$folder/list" ] || { rm -rf -- "$folder"; exit 0; }
set -e
touch "$folder/sums"
tac "$folder/list" | while read -r what file; do
  rm -f -- "$file.virtgauge"
  [ "$what" = - ] && [ ! -e "$file" ] && continue
  [ "$what" != - ] && cmp -s -- "$folder/$what" "$file" && continue
  # What others have made of it since stays.
  sum=
  [ ! -e "$file" ] || sum=$(sha256sum < "$file")
  grep -qxF -- "\${sum%% *} $file" "$folder/sums" || { echo "$file"; continue; }
  if [ "$what" = - ]; then rm -f -- "$file"; else
    cp -p -- "$folder/$what" "$file.virtgauge"
    sync
    mv -f -- "$file.virtgauge" "$file"
  fi
done
sync
rm -rf -- "$folder"`;

/**
 * Puts all back as it was before the machine was mended; that nothing was is no error.
 * @returns files that others have changed since, which are left as they are
 */
export async function undoMends(shell: Shell, folder = keptFolder): Promise<string[]> {
  const { stdout } = await shell.run(['sh', '-c', restore, 'restore', folder], { timeout });
  return [...new Set(stdout.split('\n').filter(Boolean))];
}
