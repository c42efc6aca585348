import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { namePattern } from '../../../base/name.ts';
import { Refusal } from '../refusal.ts';
import type { Role } from './authority.ts';

/** Somebody whose certificate was looked at and is good. */
export interface Peer {
  readonly name: string;
  readonly role: Role;
  /** Of the certificate, in lower-case hexadecimal digits. */
  readonly serial: string;
  /** The cluster of the authority. */
  readonly cluster: string;
  /** PEM. */
  readonly certificate: string;
  readonly publicKey: KeyObject;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What certificates are held against. */
export interface Trust {
  /** PEM. */
  readonly authority: string;
  /** Serials that count no more. */
  readonly revoked: ReadonlySet<string>;
}

const roles: readonly string[] = ['master', 'agent', 'operator'] satisfies Role[];

/**
 * Looks at a certificate.
 * @param certificate PEM, or DER
 * @param now milliseconds since 1970
 * @throws Refusal if this cluster's authority has not issued it, or it does not count now
 */
export function verifyCertificate(
  certificate: string | Buffer,
  { authority, revoked }: Trust,
  now: number,
): Peer {
  const parsed = parse(certificate);
  const issuer = new X509Certificate(authority);
  if (parsed.ca || !parsed.checkIssued(issuer) || !parsed.verify(issuer.publicKey)) {
    throw new Refusal('certificate', 'it was not issued by the authority of this cluster');
  }
  const [from, until] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)];
  if (!(now >= from))
    throw new Refusal('certificate', `it counts from ${parsed.validFrom} on only`);
  if (!(now < until)) throw new Refusal('certificate', `it has expired: ${parsed.validTo}`);
  const serial = parsed.serialNumber.toLowerCase();
  const [, role = '', name = ''] = /\nOU=(\w+)\nCN=([^\n]+)$/.exec(parsed.subject) ?? [];
  if (!roles.includes(role) || !namePattern.test(name)) {
    throw new Refusal('certificate', `it names nobody: ${parsed.subject.replaceAll('\n', ', ')}`);
  }
  if (revoked.has(serial)) throw new Refusal('revoked', `the certificate ${serial} of ${name}`);
  return {
    name,
    role: role as Role,
    serial,
    cluster: /^O=([^\n]+)/m.exec(parsed.issuer)?.[1] ?? '',
    certificate: parsed.toString(),
    publicKey: parsed.publicKey,
    until,
  };
}

function parse(certificate: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (error) {
    throw new Refusal('certificate', 'it cannot be read', { cause: error });
  }
}

/** SHA-256 of a certificate, in hexadecimal digits: by it a new host knows the authority. */
export function fingerprint(certificate: string | Buffer): string {
  return createHash('sha256').update(parse(certificate).raw).digest('hex');
}
