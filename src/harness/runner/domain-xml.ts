import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError } from '../../base/errors.ts';
import { expectDomain } from '../../platform/hypervisor/libvirt/domain/adapt-domain.ts';

/**
 * A user's own libvirt domain XML.
 * @throws UserError if it cannot be read or is none of QEMU
 */
export async function readDomain(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let xml: string;
  try {
    xml = await readFile(path, 'utf8');
  } catch (cause) {
    throw new UserError(
      { message: `guest.domain: cannot read it: ${(cause as Error).message}`, where: path },
      { cause },
    );
  }
  try {
    expectDomain(xml);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const problems = cause.problems.map((problem) => ({ ...problem, where: path }));
    throw new UserError(problems, { cause });
  }
  return xml;
}

/** Which XML it was, beside the versions of programs. */
export function domainVersion(xml: string | undefined): Record<string, string> {
  if (xml === undefined) return {};
  const digest = createHash('sha256').update(xml).digest('hex');
  return { 'guest.domain (SHA-256)': digest.slice(0, 16) };
}
