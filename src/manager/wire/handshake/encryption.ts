import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from 'xml-encryption';
import { Refusal } from '../refusal.ts';
import type { Element } from '../xml/element.ts';
import type { Peer } from '../certificates/trust.ts';

const contentAlgorithm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm';
const keyAlgorithm = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';
const digest = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** Encrypts a document for the holder of a certificate, as an `EncryptedData` with its own key. */
export function encryptFor(document: string, { publicKey, certificate }: Peer): Promise<string> {
  const rsa = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return new Promise((resolve, reject) => {
    encrypt(
      document,
      {
        rsa_pub: rsa,
        pem: certificate,
        encryptionAlgorithm: contentAlgorithm,
        keyEncryptionAlgorithm: keyAlgorithm,
        keyEncryptionDigest: 'sha256',
        keyEncryptionMgf: 'sha256',
      },
      (error, result) => (error ? reject(error) : resolve(result.trim())),
    );
  });
}

/**
 * Decrypts the `EncryptedData` within a document whose signature has been verified.
 * @param verified the document as it was signed
 * @param root the same, parsed
 * @throws Refusal if it is not encrypted so, or not for this key
 */
export function decryptWithin(
  verified: string,
  root: Element,
  privateKey: KeyObject,
): Promise<string> {
  const [data, ...others] = root.children;
  const used = data && algorithmsOf(data).join(' ');
  if (others.length > 0 || used !== `${contentAlgorithm} ${keyAlgorithm} ${digest}`) {
    throw new Refusal(
      'not in the schema',
      'expected one EncryptedData with aes256-gcm by rsa-oaep',
    );
  }
  const start = verified.indexOf('<xenc:EncryptedData');
  const end = verified.lastIndexOf('</xenc:EncryptedData>') + '</xenc:EncryptedData>'.length;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return new Promise((resolve, reject) => {
    decrypt(verified.slice(start, end), { key }, (error, result) => {
      if (error === null) resolve(result);
      else
        reject(new Refusal('not verified', 'it is not encrypted for this host', { cause: error }));
    });
  });
}

/** Of content, of its key, and the digest within that. */
function algorithmsOf(data: Element): (string | undefined)[] {
  const of = (element: Element | undefined, name: string) =>
    element?.children.find((child) => child.name.replace(/^\w+:/, '') === name);
  const key = of(of(data, 'KeyInfo'), 'EncryptedKey');
  const method = of(key, 'EncryptionMethod');
  return [of(data, 'EncryptionMethod'), method, of(method, 'DigestMethod')].map((element) =>
    element?.attributes.get('Algorithm'),
  );
}
