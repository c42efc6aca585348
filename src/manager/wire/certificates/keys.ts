import { webcrypto } from 'node:crypto';
import { toPem } from './pem.ts';
import { x509 } from './x509.ts';

/**
 * RSA, since one key serves TLS, XML signatures and the encryption of handshakes; 3072 bits, which is
 * held to be good beyond 2030 (NIST SP 800-57).
 */
const keyAlgorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/** A new key, and the request for its certificate. */
export interface KeyRequest {
  /** PEM; leaves this process only into a file that nobody else can read. */
  readonly privateKey: string;
  /** PKCS #10, DER in base64. */
  readonly request: string;
}

/** Makes a key of a host, and asks for its certificate. */
export async function requestKey(name: string): Promise<KeyRequest> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: keyAlgorithm,
  });
  return {
    privateKey: await exportKey(keys.privateKey),
    request: Buffer.from(request.rawData).toString('base64'),
  };
}

/** PKCS #8 in PEM. */
export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return toPem('PRIVATE KEY', der.toString('base64'));
}
