import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';
import { vmmFiles } from './vmm-image.ts';

/** Seconds for a command on the source. */
const timeout = 60;

/**
 * The marks of a machine's disks: another kernel may call them otherwise.
 * @throws UserError if two are alike
 */
export async function readDiskMarks(
  shell: Shell,
  { disks }: Pick<SourceFacts, 'disks'>,
): Promise<string[]> {
  const marking = await readFile(join(vmmFiles, 'disk-mark.sh'), 'utf8');
  const script = `${marking}for each; do disk_mark "$each"; done`;
  const argv = ['sh', '-c', script, 'marks', ...disks.map(({ path }) => path)] as const;
  const { stdout } = await shell.run(argv, { timeout });
  const marks = stdout.trim().split('\n');
  const seen = new Map<string, string>();
  for (const [index, { path, bytes }] of disks.entries()) {
    const mark = `${bytes} ${marks[index] ?? ''}`;
    const other = seen.get(mark);
    if (other !== undefined) {
      throw new UserError({
        where: shell.host,
        message: `expected disks that can be told apart, got ${other} and ${path}, which are alike: another kernel may call them otherwise`,
        remedy: 'Detach what nothing lies on, or give it a partition table.',
      });
    }
    seen.set(mark, path);
  }
  return marks;
}
