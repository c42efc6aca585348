import type { Shell } from '../../remote/shell.ts';
import { ask, type Answer } from '../ask.ts';
import { clientNames } from './instance.ts';

/**
 * Drops what this client holds of a file: first its pages, dirty ones written, then the locks under
 * which they could be kept. Locks go for all files of the mount; Lustre can do it no finer.
 * @returns what was not permitted, in words; undefined if all is dropped
 */
export async function dropCaches(shell: Shell, file: string): Promise<string | undefined> {
  const pages = await ask(shell, [
    ...(['dd', 'if=/dev/null', `of=${file}`, 'oflag=nocache', 'count=0'] as const),
    ...['conv=notrunc,nocreat,fdatasync', 'status=none'],
  ]);
  const { osc, mdc } = await clientNames(shell, file, undefined);
  const locks: Answer[] = [];
  for (const name of [osc, mdc]) {
    const parameter = `ldlm.namespaces.${name}.lru_size=clear`;
    locks.push(await ask(shell, ['lctl', 'set_param', '-n', parameter]));
  }
  const kept = [
    ...(pages.ok ? [] : [`pages of the file are kept: ${pages.text}`]),
    ...locks.slice(0, 1).flatMap((answer) => (answer.ok ? [] : [keptLocks(answer)])),
  ];
  return kept.length === 0 ? undefined : kept.join('; ');
}

function keptLocks({ why, text }: Extract<Answer, { ok: false }>): string {
  const reason = why === 'missing' ? 'lctl is missing' : `${text} (lctl set_param needs root)`;
  return `locks of the client are kept: ${reason}`;
}
