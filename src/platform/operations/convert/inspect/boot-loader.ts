import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

export interface BootLoader {
  /** Undefined where none of them is found, as on machines that the network boots. */
  name?: 'grub' | 'systemd-boot' | 'syslinux' | 'lilo';
  /** Path of GRUB's configuration. */
  grubConfig?: string;
}

const script = `
# Where UEFI started GRUB, the configuration beside it may be a whole one, after which no other is read;
# else it says where that is. Others may be of systems that were here before.
lower() { echo "$1" | tr '[:upper:]' '[:lower:]'; }
if [ -d /sys/firmware/efi ]; then
  variables=/sys/firmware/efi/efivars of=8be4df61-93ca-11d2-aa0d-00e098032b8c
  current=$(od -An -v -tx1 -j4 -N2 "$variables/BootCurrent-$of" 2>/dev/null | awk '{ print toupper($2 $1) }')
  from=$(tr -d '\\000' < "$variables/Boot$current-$of" 2>/dev/null |
    grep -aio '\\\\EFI\\\\[^\\\\]*\\\\' | tail -n 1 | cut -d '\\' -f 3)
  # From there whatever is installed may have been started.
  [ "$(lower "$from")" = boot ] && from=
  for file in /boot/efi/EFI/*/grub.cfg /efi/EFI/*/grub.cfg; do
    [ -e "$file" ] && ! grep -q '^[[:space:]]*set prefix=' "$file" || continue
    folder=\${file%/grub.cfg}
    [ -z "$from" ] || [ "$(lower "\${folder##*/}")" = "$(lower "$from")" ] || continue
    echo "$file"
  done
fi
for file in /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/efi/EFI/*/grub.cfg \\
  /boot/loader/loader.conf /boot/efi/loader/loader.conf /efi/loader/loader.conf \\
  /boot/syslinux/syslinux.cfg /boot/extlinux/extlinux.conf /boot/extlinux.conf /etc/lilo.conf; do
  [ -e "$file" ] && echo "$file"
done
# The first sector says by whom it was written where no file does.
head -c 512 "$1" 2>/dev/null | tr -d '\\000' | grep -aqF GRUB && echo 'sector GRUB'
true`;

/** @param disk that the machine boots from: `/dev/vda` */
export async function readBootLoader(shell: Shell, disk: string): Promise<BootLoader> {
  return parseBootLoader(await look(shell, script, { args: [disk] }));
}

const files: readonly (readonly [BootLoader['name'], RegExp])[] = [
  ['grub', /\/grub\.cfg$/],
  ['systemd-boot', /\/loader\.conf$/],
  ['syslinux', /\/(syslinux\.cfg|extlinux\.conf)$/],
  ['lilo', /\/lilo\.conf$/],
  ['grub', /^sector GRUB$/],
];

/** @param text paths of the configurations that there are, one a line; `sector GRUB` */
export function parseBootLoader(text: string): BootLoader {
  const lines = text.split('\n');
  for (const [name, pattern] of files) {
    const line = lines.find((each) => pattern.test(each));
    if (name === undefined || line === undefined) continue;
    return { name, ...(line.endsWith('/grub.cfg') && { grubConfig: line }) };
  }
  return {};
}
