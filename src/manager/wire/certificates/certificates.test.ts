import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type Authority } from './authority.ts';
import { requestKey, type KeyRequest } from './keys.ts';
import { toPem } from './pem.ts';
import { fingerprint, verifyCertificate } from './trust.ts';

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const none: ReadonlySet<string> = new Set();
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;

let authority: Authority;
let key: KeyRequest;

beforeAll(async () => {
  authority = await createAuthority('test', now);
  key = await requestKey('whoever');
});

async function issued(from: Authority, changes = {}): Promise<string> {
  const of = { name: 'host-a', role: 'agent' as const, request: key.request, now, days: 90 };
  return toPem('CERTIFICATE', await issueCertificate(from, { ...of, ...changes }));
}

describe('a certificate', () => {
  it('names its holder as the authority knows it, not as the request does', async () => {
    const trust = { authority: authority.certificate, revoked: none };
    expect(verifyCertificate(await issued(authority), trust, now)).toMatchObject({
      name: 'host-a',
      role: 'agent',
      until: now + 90 * day,
    });
  });

  it('counts neither before nor after its time', async () => {
    const trust = { authority: authority.certificate, revoked: none };
    const certificate = await issued(authority);
    for (const moment of [now - day, now + 90 * day, now + 900 * day, NaN]) {
      expect(() => verifyCertificate(certificate, trust, moment)).toThrow(refusal('certificate'));
    }
  });

  it('of another authority of the same name does not count', async () => {
    const other = await createAuthority('test', now);
    const trust = { authority: authority.certificate, revoked: none };
    const certificate = await issued(other);
    expect(() => verifyCertificate(certificate, trust, now)).toThrow(refusal('certificate'));
    expect(fingerprint(other.certificate)).not.toBe(fingerprint(authority.certificate));
  });

  it('of the authority itself is nobody', () => {
    const trust = { authority: authority.certificate, revoked: none };
    const { certificate } = authority;
    expect(() => verifyCertificate(certificate, trust, now)).toThrow(refusal('certificate'));
  });

  it('that is revoked does not count; another of the same host does', async () => {
    const [old, fresh] = [await issued(authority), await issued(authority)];
    const trust = { authority: authority.certificate, revoked: none };
    const { serial } = verifyCertificate(old, trust, now);
    const later = { ...trust, revoked: new Set([serial]) };
    expect(() => verifyCertificate(old, later, now)).toThrow(refusal('revoked'));
    expect(verifyCertificate(fresh, later, now).name).toBe('host-a');
  });

  it('is not issued to what is no name, or for a key that is weak or not the own', async () => {
    for (const name of ['', 'a b', 'a\nOU=master', '../a', 'a, OU=master']) {
      await expect(issued(authority, { name })).rejects.toThrow(refusal('certificate'));
    }
    const bytes = Buffer.from(key.request, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const altered = bytes.toString('base64');
    for (const request of ['', 'AAAA', altered, fingerprint(authority.certificate)]) {
      await expect(issued(authority, { request })).rejects.toThrow(refusal('certificate'));
    }
  });

  it('that is no certificate is refused', () => {
    const trust = { authority: authority.certificate, revoked: none };
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    for (const text of ['', 'x', pem]) {
      expect(() => verifyCertificate(text, trust, now)).toThrow(refusal('certificate'));
    }
  });
});
