import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package-root.ts';
import { UserError } from '../../base/errors.ts';

/** Name of the one typeface of pictures. Shipped, so that pictures are the same bytes everywhere. */
export const fontFamily = 'DejaVu Sans';

/**
 * Path of the shipped font file.
 * @throws UserError if the installation is incomplete
 */
export function fontFile(): string {
  const path = join(packageRoot, 'assets', 'fonts', 'DejaVuSans.ttf');
  if (existsSync(path)) return path;
  throw new UserError({
    where: path,
    message: 'expected the font of the pictures, found no file',
    remedy: 'This installation of virtgauge is incomplete: install it again.',
  });
}
