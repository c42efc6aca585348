import { randomBytes, webcrypto } from 'node:crypto';
import { namePattern } from '../../../base/name.ts';
import { Refusal } from '../refusal.ts';
import { exportKey } from './keys.ts';
import { fromPem } from './pem.ts';
import { x509 } from './x509.ts';

/** What the holder of a certificate may do. */
export type Role = 'master' | 'agent' | 'operator';

/** The cluster's own certificate authority; both in PEM. */
export interface Authority {
  readonly certificate: string;
  readonly privateKey: string;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Milliseconds by which clocks may differ without a new certificate being refused. */
const leeway = 300_000;
const day = 86_400_000;
const authorityDays = 3650;

/**
 * Makes the authority of a cluster.
 * @param now milliseconds since 1970
 */
export async function createAuthority(cluster: string, now: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `O=${cluster}, CN=virtgauge cluster`,
    keys,
    signingAlgorithm,
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + authorityDays * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: await exportKey(keys.privateKey),
  };
}

export interface Issue {
  readonly name: string;
  readonly role: Role;
  /** PKCS #10, DER in base64; only its key is taken from it. */
  readonly request: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly days: number;
}

/**
 * Signs a certificate for the key of a request. Name and role are what the caller has found out, not
 * what the request says.
 * @returns X.509, DER in base64
 * @throws Refusal if the request is none, or not signed by its own key, or that is no RSA key of 3072
 *   bits or more
 */
export async function issueCertificate(
  { certificate, privateKey }: Authority,
  { name, role, request, now, days }: Issue,
): Promise<string> {
  if (!namePattern.test(name)) throw new Refusal('certificate', 'it is for no name');
  const publicKey = await keyOf(request);
  const issuer = new x509.X509Certificate(certificate);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    Buffer.from(fromPem(privateKey), 'base64'),
    keyAlgorithm,
    false,
    ['sign'],
  );
  const issued = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `${issuer.subjectName.getField('O').map((each) => `O=${each}`)[0] ?? ''}, OU=${role}, CN=${name}`,
    issuer: issuer.subject,
    publicKey,
    signingKey,
    signingAlgorithm,
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + days * day),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
    ],
  });
  return Buffer.from(issued.rawData).toString('base64');
}

async function keyOf(request: string): Promise<x509Key> {
  let parsed: InstanceType<typeof x509.Pkcs10CertificateRequest>;
  try {
    parsed = new x509.Pkcs10CertificateRequest(Buffer.from(request, 'base64'));
    if (!(await parsed.verify())) throw new Error('its signature is not that of its key');
  } catch (error) {
    const why = (error as Error).message;
    throw new Refusal('certificate', `no request for a certificate: ${why}`, { cause: error });
  }
  const { name, modulusLength = 0 } = parsed.publicKey.algorithm as {
    name: string;
    modulusLength?: number;
  };
  if (!name.startsWith('RSA') || modulusLength < 3072 || modulusLength > 8192) {
    throw new Refusal(
      'certificate',
      `expected an RSA key of 3072 bits, got ${name} ${modulusLength}`,
    );
  }
  return parsed.publicKey;
}

type x509Key = InstanceType<typeof x509.PublicKey>;

/** 127 random bits, positive and without leading zeros, as everybody writes them. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
