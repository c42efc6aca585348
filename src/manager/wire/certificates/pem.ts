/** PEM of DER in base64. */
export function toPem(label: 'CERTIFICATE' | 'PRIVATE KEY', der: string): string {
  const lines = der.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** DER in base64, of the first block of a PEM. */
export function fromPem(pem: string): string {
  const [, content = ''] = /-----BEGIN [^-]+-----([^-]*)-----END/.exec(pem) ?? [];
  return content.replaceAll(/\s/g, '');
}
