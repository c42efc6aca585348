import { X509Certificate } from 'node:crypto';
import type { Identity } from '../wire/certificates/identity.ts';
import { requestKey } from '../wire/certificates/keys.ts';
import { toPem } from '../wire/certificates/pem.ts';
import { verifyCertificate } from '../wire/certificates/trust.ts';
import type { MemberFolder } from './folder.ts';

/** Milliseconds before its end from which on a certificate is renewed: a third of its time. */
const renewAt = 30 * 86_400_000;

/**
 * Renews the certificate of a member, with a new key, if it is time for that, or was: who can still ask, as a
 * master can that was off for long, gets one.
 * @param issue gives a certificate (X.509, DER in base64) for a request; undefined: not now
 * @param now milliseconds since 1970
 * @returns who the member is from now on; undefined where nothing has changed
 * @throws Refusal if what was issued is not for this member
 */
export async function renewIdentity(
  member: MemberFolder,
  { name, certificate: old, trust }: Identity,
  issue: (request: string) => Promise<string | undefined>,
  now: number,
): Promise<Identity | undefined> {
  const last = Date.parse(new X509Certificate(old).validTo) - 1;
  const { until, role } = verifyCertificate(old, trust, Math.min(now, last));
  if (until - now > renewAt) return undefined;
  const { privateKey, request } = await requestKey(name);
  const issued = await issue(request);
  if (issued === undefined) return undefined;
  const certificate = toPem('CERTIFICATE', issued);
  const peer = verifyCertificate(certificate, trust, now);
  if (peer.name !== name || peer.role !== role)
    throw new Error(`it is for ${peer.role} ${peer.name}`);
  member.saveCertificate({ certificate, privateKey });
  return { ...member.identity(), trust };
}
