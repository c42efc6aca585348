import { bodies } from './kinds.ts';
import { header, namespace } from './message.ts';
import { base64, id, name, whole } from './scalars.ts';
import { schemaOf } from './schema.ts';
import { maybe } from './shape.ts';

/** Attributes of a handshake; below them an `EncryptedData` and, over both, a `Signature`. */
export const handshake = {
  session: id,
  sender: name,
  receiver: name,
  time: whole,
  /** Of the sender: X.509, DER. */
  certificate: base64,
  /** SHA-256 of the document that this answers; absent in the first. */
  answers: maybe(base64),
} as const;

/** What is encrypted in a handshake: one half of the secret, and for whom it is. */
export const secret = { session: id, sender: name, receiver: name, half: base64 } as const;

/** A message that is signed and encrypted by itself: the arm that does without session keys. */
export const envelope = { sender: name, certificate: base64 } as const;

/** The first document of a host, which has a token in place of a certificate; PKCS #10, DER. */
export const join = { name, token: id, request: base64 } as const;

/** The answer to it; certificates as X.509, DER. */
export const joined = { certificate: base64, authority: base64, master: name } as const;

/** The published schema of everything that master and agents say to each other. */
export function publishedSchema(): string {
  const kinds = Object.keys(bodies).map((kind) => `<xs:element ref="${kind}"/>`);
  const encrypted = any('http://www.w3.org/2001/04/xmlenc#');
  const signed = encrypted + any('http://www.w3.org/2000/09/xmldsig#');
  return schemaOf(namespace, {
    message: { members: header, holds: `<xs:choice>${kinds.join('')}</xs:choice>` },
    handshake: { members: handshake, holds: signed },
    secret: { members: secret },
    envelope: { members: envelope, holds: signed },
    join: { members: join },
    joined: { members: joined },
    ...Object.fromEntries(Object.entries(bodies).map(([kind, members]) => [kind, { members }])),
  });
}

function any(namespaceUri: string): string {
  return `<xs:any namespace="${namespaceUri}" processContents="lax"/>`;
}
