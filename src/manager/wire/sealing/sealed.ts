import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import { limits } from '../xml/limits.ts';

/** The key of one direction of one session. */
export interface SealingKey {
  /** What the other end knows it by. */
  readonly name: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * A sealed message is a W3C `EncryptedData` (XML Encryption 1.1, aes256-gcm, `KeyName`) in exactly one
 * form: these texts with two values between them. So it is told apart from all others without parsing.
 */
const beforeName =
  '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">' +
  '<EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>' +
  '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyName>';
const beforeValue = '</KeyName></KeyInfo><CipherData><CipherValue>';
const after = '</CipherValue></CipherData></EncryptedData>';

const [ivLength, tagLength] = [12, 16];

/**
 * Encrypts a document. GCM authenticates it too, as long as no initialization vector comes twice under
 * a key: it is the sequence (NIST SP 800-38D, 8.2.1), which must be another one each time.
 */
export function seal(document: string, key: SealingKey, sequence: number): string {
  const iv = Buffer.alloc(ivLength);
  iv.writeBigUInt64BE(BigInt(sequence), ivLength - 8);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  const parts = [iv, cipher.update(document, 'utf8'), cipher.final(), cipher.getAuthTag()];
  const value = Buffer.concat(parts).toString('base64');
  return beforeName + key.name + beforeValue + value + after;
}

/** A sealed message before its key is known. */
export interface Sealed {
  readonly keyName: string;
  /** Initialization vector, cipher text and tag, in base64. */
  readonly value: string;
}

/**
 * Takes a sealed message apart.
 * @throws Refusal if it is none
 */
export function readSealed(bytes: Uint8Array): Sealed {
  if (bytes.length > limits.size) {
    throw new Refusal('too large', `expected at most ${limits.size} bytes, got ${bytes.length}`);
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const nameEnd = text.indexOf(beforeValue);
  if (!text.startsWith(beforeName) || !text.endsWith(after) || nameEnd < 0) {
    throw new Refusal('malformed', 'it is no sealed message');
  }
  const keyName = text.slice(beforeName.length, nameEnd);
  const value = text.slice(nameEnd + beforeValue.length, -after.length);
  if (!/^[\w.:-]{1,128}$/.test(keyName) || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw new Refusal('malformed', 'it is no sealed message');
  }
  return { keyName, value };
}

/**
 * Opens it: what comes out is what the holder of the key has sealed, byte for byte.
 * @throws Refusal if the key has not sealed it
 */
export function openSealed({ keyName, value }: Sealed, key: SealingKey): Buffer {
  const bytes = Buffer.from(value, 'base64');
  if (keyName !== key.name || bytes.length < ivLength + tagLength) throw notVerified();
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, ivLength));
  decipher.setAuthTag(bytes.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivLength, -tagLength)), decipher.final()]);
  } catch (error) {
    throw notVerified(error);
  }
}

function notVerified(cause?: unknown): Refusal {
  return new Refusal('not verified', 'the key of its session has not sealed it', { cause });
}
