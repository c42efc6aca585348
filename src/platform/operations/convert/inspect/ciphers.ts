import type { Shell } from '../../../remote/shell.ts';
import type { Initramfs } from './initramfs.ts';
import { look } from './look.ts';

/** What `/etc/crypttab` says of an encrypted part of a disk. */
export interface Cipher {
  /** Of the mapping: `sda5_crypt`. */
  name: string;
  /** The start of the machine waits until it is open. */
  waits: boolean;
  /** A key file on the machine opens it, nobody is asked. */
  keyed: boolean;
  /** So it does before there is `/`: the initramfs has the key. */
  early: boolean;
}

/** Where nothing is named, systemd takes a file that is called like the mapping (crypttab(5)). */
const script = `
while read -r name _ key options || [ "$name" ]; do
  case $name in ''|'#'*) continue ;; esac
  case $key in ''|-|none) key=/etc/cryptsetup-keys.d/$name.key ;; esac
  there=no
  case $key in /*) [ ! -e "$key" ] || there=yes ;; esac
  echo "$there $name \${key:--} \${options:--}"
done 2>/dev/null < /etc/crypttab
true`;

export async function readCiphers(shell: Shell, initramfs: Initramfs): Promise<Cipher[]> {
  return parseCiphers(await look(shell, script), initramfs);
}

/** What stands for a passphrase, but may be lost with the hardware: a chip, a token, a program. */
const byOthers = /^(keyscript|tpm2-device|fido2-device|pkcs11-uri)=/;

/** @param text `yes name key options` a line: whether the key is a file that is there, and crypttab(5)'s words */
export function parseCiphers(text: string, initramfs: Initramfs): Cipher[] {
  const packed = initramfs.state === 'read' ? initramfs.names : new Set<string>();
  return text.split('\n').flatMap((line) => {
    const [there, name, key = '', options = ''] = line.split(' ');
    if (name === undefined) return [];
    const all = options.split(',');
    const keyed = there === 'yes' && !all.some((option) => byOthers.test(option));
    // Debian's place, and dracut's.
    const places = [`cryptroot/keyfiles/${name}.key`, key.slice(1)];
    return {
      ...{ name, keyed, early: keyed && places.some((place) => packed.has(place)) },
      waits: !all.includes('noauto') && !all.includes('nofail'),
    };
  });
}
