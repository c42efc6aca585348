import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { manifestName } from './entry-name.ts';
import type { Manifest } from './manifest.ts';
import { blockSize, tarHeader } from './tar-header.ts';

/** Writes a whole bundle of whatever files, as somebody else may have made it. For tests. */
export function writeHandmadeBundle(
  target: string,
  files: Readonly<Record<string, string>>,
  virtgauge = '0',
): void {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const hashes = Object.entries(files).map(([name, text]) => [name, hash(text)] as const);
  const manifest: Manifest = { bundle: 1, run: 'x', virtgauge, files: Object.fromEntries(hashes) };
  const entries = Object.entries({ ...files, [manifestName]: JSON.stringify(manifest) });
  const blocks = entries.flatMap(([name, text]) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
    return [tarHeader(name, content.length) ?? Buffer.alloc(0), content, padding];
  });
  writeFileSync(target, gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)])));
}
