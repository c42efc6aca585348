import type { KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { Refusal } from '../refusal.ts';
import { admit, parseSpaced } from '../xml/parse.ts';

const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const canonicalizationAlgorithm = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const digestAlgorithm = 'http://www.w3.org/2001/04/xmlenc#sha256';
const transforms = [
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  canonicalizationAlgorithm,
] as const;

const signatureStart = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">';

/** Signs a whole document; the signature becomes its last child. */
export function signDocument(document: string, privateKey: KeyObject): string {
  const signed = new SignedXml({ privateKey, signatureAlgorithm, canonicalizationAlgorithm });
  signed.addReference({
    xpath: '/*',
    transforms: [...transforms],
    digestAlgorithm,
    uri: '',
    isEmptyUri: true,
  });
  signed.computeSignature(document);
  return signed.getSignedXml();
}

/**
 * Verifies the signature over a whole document.
 * @returns the document without its signature, as it was signed: nothing else may be acted on
 * @throws Refusal if it is not signed so by this key
 */
export function verifiedDocument(bytes: Uint8Array, publicKey: KeyObject): string {
  const text = admit(bytes);
  parseSpaced(text);
  const start = text.lastIndexOf(signatureStart);
  const end = text.lastIndexOf('</Signature>');
  if (start < 0 || end < start || text.indexOf('SignedInfo') < start) {
    throw new Refusal('not verified', 'expected one signature, at the end');
  }
  try {
    const signed = new SignedXml({ publicCert: publicKey, getCertFromKeyInfo: () => null });
    // Whatever algorithms the document names, only these are there.
    keepOnly(signed);
    signed.loadSignature(text.slice(start, end + '</Signature>'.length));
    const references = signed.getReferences();
    const [reference] = references;
    const whole = reference?.uri === '' && reference.transforms.join() === transforms.join();
    if (references.length !== 1 || !whole) throw new Error('it does not sign the whole document');
    if (!signed.checkSignature(text))
      throw new Error('the document is not the one that was signed');
    const [verified, ...others] = signed.getSignedReferences();
    if (verified === undefined || others.length > 0) throw new Error('it signs nothing');
    return verified;
  } catch (error) {
    throw new Refusal('not verified', (error as Error).message, { cause: error });
  }
}

function keepOnly(signed: SignedXml): void {
  const only = <T>(all: Record<string, T>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) as never;
  signed.SignatureAlgorithms = only(signed.SignatureAlgorithms, [signatureAlgorithm]);
  signed.HashAlgorithms = only(signed.HashAlgorithms, [digestAlgorithm]);
  signed.CanonicalizationAlgorithms = only(signed.CanonicalizationAlgorithms, transforms);
}
