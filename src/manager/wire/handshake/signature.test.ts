import { generateKeyPairSync } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { describe, expect, it } from 'vitest';
import { signDocument, verifiedDocument } from './signature.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const refused = expect.objectContaining({ name: 'Refusal', reason: 'not verified' }) as Error;
const verify = (text: string) => verifiedDocument(Buffer.from(text), publicKey);

/** Signs as we never do, with a key that is good. */
function sign(
  document: string,
  references: readonly { xpath: string; transforms?: string[]; digest?: string }[],
  { algorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' } = {},
): string {
  const signed = new SignedXml({
    privateKey,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: exclusive,
  });
  for (const { xpath, transforms = [enveloped, exclusive], digest = sha256 } of references) {
    const whole = xpath === '/*';
    const uri = whole ? { uri: '', isEmptyUri: true } : {};
    signed.addReference({ xpath, transforms, digestAlgorithm: digest, ...uri });
  }
  signed.computeSignature(document);
  return signed.getSignedXml();
}

describe('a signature', () => {
  const document = '<a x="1"><b Id="b">text</b><c/></a>';

  it('gives the document that was signed, without itself', () => {
    expect(verify(signDocument(document, privateKey))).toBe(
      '<a x="1"><b Id="b">text</b><c></c></a>',
    );
    expect(verify(sign(document, [{ xpath: '/*' }]))).toBe(
      verify(signDocument(document, privateKey)),
    );
  });

  it.each([
    ['a part', sign(document, [{ xpath: "//*[local-name(.)='b']", transforms: [exclusive] }])],
    [
      'the whole and a part',
      sign(document, [{ xpath: '/*' }, { xpath: "//*[local-name(.)='b']" }]),
    ],
    ['the whole twice', sign(document, [{ xpath: '/*' }, { xpath: '/*' }])],
    [
      'with comments',
      sign(document, [{ xpath: '/*', transforms: [enveloped, `${exclusive}WithComments`] }]),
    ],
    [
      'by SHA-1',
      sign(document, [{ xpath: '/*', digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }]),
    ],
    [
      'by RSA with SHA-1',
      sign(document, [{ xpath: '/*' }], {
        algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      }),
    ],
  ])('of %s is refused, though its key is good', (_, signed) => {
    expect(() => verify(signed)).toThrow(refused);
  });

  it('of another key, or of no key at all, is refused', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = signDocument(document, other.privateKey);
    expect(() => verify(signed)).toThrow(refused);
    expect(() => verify(document)).toThrow(refused);
    expect(() => verify(signed.replace(/<SignatureValue>[^<]*/, '<SignatureValue>AAAA'))).toThrow(
      refused,
    );
  });
});
