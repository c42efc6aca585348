import type { Shell } from '../../../remote/shell.ts';

/** Ends what serves a disk under a name, so that a guest can have it. `$1` the name. */
const release = `
for folder in /proc/[0-9]*; do
  tr '\\0' '\\n' < "$folder/cmdline" 2> /dev/null | grep -qx -- "--export-name=$1" || continue
  kill "\${folder#/proc/}"
  for _ in $(seq 100); do [ -d "$folder" ] || break; sleep 0.1; done
done`;

/**
 * Ends what still serves a standby's copy on the target, though whoever kept it in step has died: it
 * locks the disk. That nothing does is no error.
 */
export async function letGo(shell: Shell, exportName: string): Promise<void> {
  await shell.run(['sh', '-c', release, 'release', exportName], { timeout: 60 });
}
