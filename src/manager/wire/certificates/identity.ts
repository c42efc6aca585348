import { createPrivateKey, type KeyObject } from 'node:crypto';
import { issueCertificate, type Authority, type Role } from './authority.ts';
import { requestKey } from './keys.ts';
import { toPem } from './pem.ts';
import type { Trust } from './trust.ts';

/** Who we are, and whom we trust; the certificate in PEM. */
export interface Identity {
  readonly name: string;
  readonly certificate: string;
  readonly privateKey: KeyObject;
  readonly trust: Trust;
}

/** @param files PEM */
export function identityOf(
  name: string,
  files: { certificate: string; privateKey: string },
  trust: Trust,
): Identity {
  const { certificate, privateKey } = files;
  return { name, certificate, privateKey: createPrivateKey(privateKey), trust };
}

/** Makes a key and its certificate at the authority itself; both in PEM. */
export async function createIdentity(
  authority: Authority,
  { name, role, now, days }: { name: string; role: Role; now: number; days: number },
): Promise<{ certificate: string; privateKey: string }> {
  const { privateKey, request } = await requestKey(name);
  const certificate = await issueCertificate(authority, { name, role, request, now, days });
  return { certificate: toPem('CERTIFICATE', certificate), privateKey };
}
