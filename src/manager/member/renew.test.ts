import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createAuthority,
  issueCertificate,
  type Authority,
} from '../wire/certificates/authority.ts';
import { createIdentity } from '../wire/certificates/identity.ts';
import { verifyCertificate } from '../wire/certificates/trust.ts';
import { MemberFolder } from './folder.ts';
import { renewIdentity } from './renew.ts';

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

let place: string;
let authority: Authority;
let member: MemberFolder;

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  authority = await createAuthority('test', now);
  member = new MemberFolder(join(place, 'agent'));
  const keys = await createIdentity(authority, { name: 'host-a', role: 'agent', now, days: 90 });
  const master = { name: 'master', address: '127.0.0.1:1' };
  member.create(
    { cluster: 'test', name: 'host-a', role: 'agent', master, arm: 'both' },
    { ...keys, authority: authority.certificate },
  );
});

afterEach(() => rmSync(place, { recursive: true }));

const issuing = (at: number, changes = {}) => {
  const of = { name: 'host-a', role: 'agent' as const, now: at, days: 90, ...changes };
  return (request: string) => issueCertificate(authority, { ...of, request });
};

it('a certificate is renewed, with a new key, when a third of its time is left', async () => {
  const before = member.identity();
  const early = now + 59 * day;
  expect(await renewIdentity(member, before, issuing(early), early)).toBeUndefined();
  const late = now + 61 * day;
  const after = await renewIdentity(member, before, issuing(late), late);
  expect(after?.certificate).not.toBe(before.certificate);
  const { certificate, privateKey, trust } = new MemberFolder(member.path).identity();
  expect(certificate).toBe(after?.certificate);
  expect(privateKey.equals(before.privateKey)).toBe(false);
  const peer = verifyCertificate(certificate, trust, late);
  expect(peer.until).toBe(late + 90 * day);
  expect(privateKey.asymmetricKeyDetails).toEqual(peer.publicKey.asymmetricKeyDetails);
});

it('one that has expired is renewed by who can still ask', async () => {
  const later = now + 120 * day;
  const after = await renewIdentity(member, member.identity(), issuing(later), later);
  const { trust } = member.identity();
  expect(verifyCertificate(after?.certificate ?? '', trust, later).name).toBe('host-a');
});

it('what is refused, or issued to another, changes nothing', async () => {
  const before = member.identity();
  const late = now + 61 * day;
  const other = issuing(late, { name: 'host-b' });
  await expect(renewIdentity(member, before, other, late)).rejects.toThrow(/for agent host-b/);
  const refused = () => Promise.resolve(undefined);
  expect(await renewIdentity(member, before, refused, late)).toBeUndefined();
  expect(member.identity().certificate).toBe(before.certificate);
});
