import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { unpackPackages, withPackageLists } from '../../../guest/image/packages.ts';
import type { Shell } from '../../../remote/shell.ts';

/** UEFI for a guest: files of the controller. */
export interface Ovmf {
  code: string;
  /** Its variables, none of which is set. */
  variables: string;
}

const packageName = 'ovmf';
const recipe = '1';
/** Of 4 MiB, for any machine type; without Secure Boot, which needs one with SMM. */
const names = { code: 'OVMF_CODE_4M.fd', variables: 'OVMF_VARS_4M.fd' };

/**
 * OVMF from the distribution's package (Debian's name), unpacked once per cache; to take a newer one,
 * remove its folder there. Needs no root.
 * @throws UserError if the archive does not give it
 */
export async function ovmf(shell: Shell, cache: string): Promise<Ovmf> {
  const folder = await cached(
    cache,
    `ovmf-${contentKey(recipe, JSON.stringify(names))}`,
    (partial) =>
      withPackageLists(shell, async () => {
        const { root } = await unpackPackages(shell, [packageName], join(partial, 'work'));
        for (const name of Object.values(names)) {
          await copyFile(join(root, 'usr/share/OVMF', name), join(partial, name));
        }
        await shell.run(['rm', '-rf', '--', join(partial, 'work')]);
      }),
  );
  return { code: join(folder, names.code), variables: join(folder, names.variables) };
}
