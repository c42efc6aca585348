import { CommandError, type Shell } from '../../../remote/shell.ts';
import type { DomainLine } from '../parse/list.ts';
import { xl } from '../xl.ts';

/**
 * For toolstacks whose xl has no `resume` (before 4.18): the same two calls by the toolstack's own
 * library for Python. The guest's suspend call returns as if it had been cancelled.
 */
const byLibrary = `
import sys, glob
sys.path[:0] = glob.glob('/usr/lib/xen-*/lib/python')
from xen.lowlevel import xc, xs
domain = int(sys.argv[1])
xc.xc().domain_resume(domain, 1)
xs.xs().resume_domain(domain)
`;

/**
 * Lets a domain go on that has suspended itself, under its own name.
 * @throws CommandError if the toolstack cannot do it
 */
export async function wake(shell: Shell, domain: DomainLine, name: string): Promise<void> {
  const id = String(domain.id);
  if (domain.name !== name) await xl(shell, ['rename', id, name]);
  try {
    await xl(shell, ['resume', id]);
  } catch (error) {
    if (!(error instanceof CommandError) || !isUnknown(error)) throw error;
    await shell.run(['python3', '-c', byLibrary, id], { timeout: 30 });
  }
}

function isUnknown({ code, stderr }: CommandError): boolean {
  return code === 1 && /command not implemented|unknown command/i.test(stderr);
}
