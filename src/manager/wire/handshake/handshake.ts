import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Identity } from '../certificates/identity.ts';
import { fromPem } from '../certificates/pem.ts';
import { verifyCertificate, type Peer } from '../certificates/trust.ts';
import { handshake, secret } from '../messages/documents.ts';
import { expectRoot, namespace } from '../messages/message.ts';
import { readShape, writeShape } from '../messages/shape.ts';
import { Refusal } from '../refusal.ts';
import type { SealingKey } from '../sealing/sealed.ts';
import { admit, parseCanonical, parseDocument, parseSpaced } from '../xml/parse.ts';
import { decryptWithin, encryptFor } from './encryption.ts';
import { signDocument, verifiedDocument } from './signature.ts';

/** Seconds by which the clocks of two hosts may differ. */
export const clockLimit = 60;

/** One of the two documents of a handshake, with what its sender keeps to itself. */
export interface Half {
  readonly document: string;
  /** 32 random bytes that only the two ends know. */
  readonly half: Buffer;
}

/** What one end has to say. */
export interface Saying {
  readonly session: string;
  readonly self: Identity;
  readonly peer: Peer;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The document that is answered. */
  readonly answers?: Uint8Array;
}

/** A random id for a session. */
export function newSessionId(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Says one half of the session's secret: encrypted for the peer, with the names of both ends beside
 * it, so that nobody can pass it on as his own; then signed as a whole.
 */
export async function sayHalf({ session, self, peer, now, answers }: Saying): Promise<Half> {
  const half = randomBytes(32);
  const ends = { session, sender: self.name, receiver: peer.name };
  const inner = writeShape('secret', secret, { ...ends, half: half.toString('base64') }, namespace);
  const outer = {
    ...ends,
    time: now,
    certificate: fromPem(self.certificate),
    answers: answers && digestOf(answers).toString('base64'),
  };
  const encrypted = await encryptFor(inner, peer);
  const start = writeShape('handshake', handshake, outer, namespace).slice(0, -2);
  const whole = `${start}>${encrypted}</handshake>`;
  return { document: signDocument(whole, self.privateKey), half };
}

/** A half that was received and is good. */
export interface Heard {
  readonly session: string;
  readonly from: Peer;
  readonly half: Buffer;
  /** Milliseconds since 1970, by the clock of the other end. */
  readonly time: number;
}

/**
 * Hears what the other end says.
 * @param answers what we said before, if this has to be the answer to it
 * @throws Refusal if it is not signed by a certificate of the cluster, not for us, too old, too new, or
 *   not the answer
 */
export async function hearHalf(
  bytes: Uint8Array,
  self: Identity,
  now: number,
  answers?: Uint8Array,
): Promise<Heard> {
  // Only to find the certificate; what is acted on is read again, from what was signed.
  const claimed = parseSpaced(admit(bytes)).attributes.get('certificate') ?? '';
  const from = verifyCertificate(Buffer.from(claimed, 'base64'), self.trust, now);
  const verified = verifiedDocument(bytes, from.publicKey);
  const root = expectRoot(parseCanonical(verified), 'handshake');
  const said = readShape({ ...root, children: [], text: '' }, handshake, ['xmlns']);
  if (said.certificate !== claimed || said.sender !== from.name) {
    throw new Refusal('wrong sender', `${from.name} signed what is said to be of ${said.sender}`);
  }
  if (said.receiver !== self.name) {
    throw new Refusal('wrong receiver', `it is for ${said.receiver}, not for ${self.name}`);
  }
  expectClock(said.time, now);
  if (said.answers !== (answers && digestOf(answers).toString('base64'))) {
    throw new Refusal('replayed', 'it is not the answer to what was said');
  }
  const inner = await decryptWithin(verified, root, self.privateKey);
  const { half, ...ends } = readShape(
    expectRoot(parseDocument(Buffer.from(inner)), 'secret'),
    secret,
    ['xmlns'],
  );
  if (ends.session !== said.session || ends.sender !== from.name || ends.receiver !== self.name) {
    throw new Refusal('wrong sender', 'the secret within is not of the one who signed');
  }
  const raw = Buffer.from(half, 'base64');
  if (raw.length !== 32) throw new Refusal('not in the schema', 'half a secret has 32 bytes');
  return { session: said.session, from, half: raw, time: said.time };
}

/** @throws Refusal if a time is too far from ours; both in milliseconds since 1970 */
export function expectClock(time: number, now: number): void {
  const off = (time - now) / 1000;
  if (Math.abs(off) <= clockLimit) return;
  const way = off > 0 ? 'ahead' : 'behind';
  throw new Refusal(
    'clock',
    `its clock is ${Math.abs(off).toFixed(0)} s ${way}, expected at most ${clockLimit} s`,
  );
}

/** The keys of a session: one for each direction. */
export interface SessionKeys {
  /** For what the one says who spoke first. */
  readonly first: SealingKey;
  readonly second: SealingKey;
}

/** Both halves, and all that was said aloud, make the keys (HKDF, RFC 5869). */
export function deriveKeys(
  session: string,
  first: { document: Uint8Array; half: Buffer },
  second: { document: Uint8Array; half: Buffer },
): SessionKeys {
  const secretOfBoth = Buffer.concat([first.half, second.half]);
  const salt = Buffer.concat([digestOf(first.document), digestOf(second.document)]);
  const derive = (direction: string): SealingKey => {
    const info = `${namespace} ${direction}`;
    const bytes = new Uint8Array(hkdfSync('sha256', secretOfBoth, salt, info, 32));
    return { name: `${session}.${direction}`, bytes };
  };
  return { first: derive('first'), second: derive('second') };
}

function digestOf(document: Uint8Array): Buffer {
  return createHash('sha256').update(document).digest();
}
