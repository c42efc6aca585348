/** What we use of it; it comes without types. */
declare module 'xml-encryption' {
  type Done = (error: Error | null, result: string) => void;

  export function encrypt(
    content: string,
    options: {
      rsa_pub: string;
      pem: string;
      encryptionAlgorithm: string;
      keyEncryptionAlgorithm: string;
      keyEncryptionDigest: string;
      keyEncryptionMgf: string;
    },
    done: Done,
  ): void;

  export function decrypt(xml: string, options: { key: string }, done: Done): void;
}
