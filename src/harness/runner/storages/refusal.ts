import { UserError, type Problem } from '../../../base/errors.ts';
import { CommandError } from '../../../platform/remote/shell.ts';

interface Refusal {
  pattern: RegExp;
  message: string;
  remedy: string;
}

const refusals: readonly Refusal[] = [
  {
    pattern: /\bEROFS\b|read-only file system/i,
    message: 'expected a storage that can be written, it is mounted read-only',
    remedy:
      'Mount it writable (mount -o remount,rw …), see dmesg for what made it read-only, or name another path.',
  },
  {
    pattern: /\bEDQUOT\b|quota exceeded/i,
    message: 'expected room within the quota, it is used up (Disk quota exceeded)',
    remedy:
      'Remove files of that user, group or project, have the quota raised, or name another path.',
  },
  {
    pattern: /\bENOSPC\b|no space left/i,
    message: 'expected free space and free inodes, there are none (No space left on device)',
    remedy: 'Make space, or name another path.',
  },
  {
    pattern: /\bEACCES\b|\bEPERM\b|permission denied|operation not permitted/i,
    message: 'expected a directory that may be written, permission is denied',
    remedy:
      'Name a directory that belongs to the user there. Where servers squash root, root is nobody: use a directory that everybody may write, or another user.',
  },
];

/**
 * What a storage answers when it will not be written, in words for its user; undefined where it is
 * something else.
 * @param where the storage, host and path
 */
export function refusalOf(error: unknown, where: string): UserError | undefined {
  const said = words(error);
  const refusal = refusals.find(({ pattern }) => pattern.test(said));
  if (refusal === undefined) return undefined;
  const { message, remedy } = refusal;
  const problem: Problem = { where, message, remedy };
  return new UserError(problem, { cause: error });
}

/** Does something on a storage, where a refusal is told as such. What says itself what is wrong stays. */
export async function orRefused<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError && error.cause === undefined) throw error;
    throw refusalOf(error, where) ?? error;
  }
}

/** All that an error and those behind it say, the innermost alone where there are several. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.cause instanceof Error) return words(error.cause);
  // Without its command, which may hold any word.
  if (error instanceof CommandError) return error.stderr;
  const { code = '' } = error as NodeJS.ErrnoException;
  return `${code} ${error.message}`;
}
