import type { Identity } from '../certificates/identity.ts';
import { fromPem } from '../certificates/pem.ts';
import type { Peer } from '../certificates/trust.ts';
import { decryptWithin, encryptFor } from '../handshake/encryption.ts';
import type { SessionKeys } from '../handshake/handshake.ts';
import { signDocument, verifiedDocument } from '../handshake/signature.ts';
import { envelope } from '../messages/documents.ts';
import { expectRoot, namespace } from '../messages/message.ts';
import { readShape, writeShape } from '../messages/shape.ts';
import { Refusal } from '../refusal.ts';
import { openSealed, readSealed, seal } from '../sealing/sealed.ts';
import { parseCanonical } from '../xml/parse.ts';

/** How the documents of a session are protected by themselves, whatever the channel does. */
export interface Protection {
  protect(document: string, sequence: number): Promise<string> | string;
  /** @throws Refusal if the other end has not protected it so */
  open(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

/** What a session knows of its two ends. */
export interface Ends {
  readonly self: Identity;
  readonly peer: Peer;
  readonly keys: SessionKeys;
  /** Whether we have spoken first. */
  readonly initiator: boolean;
}

/** Session keys, one for each direction. */
function sealed({ keys, initiator }: Ends): Protection {
  const [own, theirs] = initiator ? [keys.first, keys.second] : [keys.second, keys.first];
  return {
    protect: (document, sequence) => seal(document, own, sequence),
    open: (bytes) => openSealed(readSealed(bytes), theirs),
  };
}

/** The document as it is. */
function plain(): Protection {
  return { protect: (document) => document, open: (bytes) => bytes };
}

/** Each message encrypted by RSA for the peer and signed by RSA, as if there were no session. */
function signed({ self, peer }: Ends): Protection {
  const [certificate, theirs] = [fromPem(self.certificate), fromPem(peer.certificate)];
  return {
    async protect(document) {
      const encrypted = await encryptFor(document, peer);
      const outer = writeShape('envelope', envelope, { sender: self.name, certificate }, namespace);
      return signDocument(`${outer.slice(0, -2)}>${encrypted}</envelope>`, self.privateKey);
    },
    async open(bytes) {
      const verified = verifiedDocument(bytes, peer.publicKey);
      const root = expectRoot(parseCanonical(verified), 'envelope');
      const said = readShape({ ...root, children: [], text: '' }, envelope, ['xmlns']);
      if (said.certificate !== theirs || said.sender !== peer.name) {
        throw new Refusal('wrong sender', `expected ${peer.name}, got ${said.sender}`);
      }
      return Buffer.from(await decryptWithin(verified, root, self.privateKey));
    },
  };
}

/**
 * Ways to protect messages, by name. `both` is what a cluster uses; the others are there to measure what
 * each layer costs. `tls`: whether the channel is mutual TLS.
 */
export const arms = {
  plain: { tls: false, protection: plain },
  data: { tls: false, protection: sealed },
  channel: { tls: true, protection: plain },
  both: { tls: true, protection: sealed },
  signed: { tls: true, protection: signed },
} as const satisfies Record<string, { tls: boolean; protection: (ends: Ends) => Protection }>;

export type Arm = keyof typeof arms;
