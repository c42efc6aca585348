import type { Shell } from '../remote/shell.ts';
import { ask } from './ask.ts';

/** One line of /proc/self/mounts. */
export interface Mount {
  source: string;
  target: string;
  type: string;
  options: readonly string[];
}

/** Reads /proc/self/mounts, or a part of it; lines that are none are skipped. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source, target, type, options] = line.split(' ').map(unescape);
    if (source === undefined || target === undefined || !target.startsWith('/')) return [];
    if (type === undefined || options === undefined) return [];
    return [{ source, target, type, options: options.split(',') }];
  });
}

/** Spaces and the like are written as octal. */
function unescape(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Where a directory is mounted from; undefined where the host does not tell. */
export async function mountOf(shell: Shell, directory: string): Promise<Mount | undefined> {
  const script = 'stat -c %m -- "$1" && cat /proc/self/mounts';
  const answer = await ask(shell, ['sh', '-c', script, 'sh', directory]);
  if (!answer.ok) return undefined;
  const [point = '', ...lines] = answer.stdout.split('\n');
  // Of several mounts on one point the last covers the others.
  return parseMounts(lines.join('\n')).findLast(({ target }) => target === point);
}

/** `vers=4.2` → 4.2 for `vers`; undefined where there is no such option. */
export function optionOf({ options }: Mount, name: string): string | undefined {
  return options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}
