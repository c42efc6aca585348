import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import { randomToken } from '../../../ledger/ledger.ts';
import type { Shell } from '../../../remote/shell.ts';
import { writeSynced } from '../../../write-synced.ts';
import { tokenIn } from './env-block.ts';

/** Seconds for a look at the source. */
const timeout = 60;

/** Name of the file with the token, in the folder of a machine's conversions. */
export const tokenFile = 'token';

/**
 * What the boot path of a machine is marked with: one for all conversions that have their records in a
 * folder, one after the other. It is on stable storage here before it stands on any machine.
 */
export function conversionToken(work: string): string {
  const file = join(work, tokenFile);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const token = randomToken();
  writeSynced(file, token);
  return token;
}

/**
 * Expects a boot path that is nobody's, or ours: two that convert a machine would each write where the
 * other has its tombstone.
 * @param folder of the conversion, beside GRUB's configuration
 * @throws UserError if it is another conversion's
 */
export async function expectOwn(
  shell: Shell,
  { folder, token }: { folder: string; token?: string },
): Promise<void> {
  const file = posix.join(folder, 'env');
  const script = '[ ! -e "$1" ] || cat -- "$1"';
  const { stdout } = await shell.run(['sh', '-c', script, 'look', file], { timeout });
  if (stdout === '' || tokenIn(stdout) === token) return;
  throw new UserError({
    where: `${shell.host}:${folder}`,
    message:
      'expected a machine that nobody else converts, got one with the mark of another conversion: by another controller, or under another name',
    remedy: `Go on with that one, or end it where it was begun: virtgauge p2v rollback. If it is on record nowhere, and the machine runs on its own hardware: rm -r ${folder} there.`,
  });
}
