import { expect, it } from 'vitest';
import { parseBootLoader } from './boot-loader.ts';

it.each([
  ['/boot/grub/grub.cfg\nsector GRUB\n', { name: 'grub', grubConfig: '/boot/grub/grub.cfg' }],
  [
    '/boot/efi/EFI/debian/grub.cfg\n',
    { name: 'grub', grubConfig: '/boot/efi/EFI/debian/grub.cfg' },
  ],
  // A machine whose GRUB has its configuration in its core.
  ['sector GRUB\n', { name: 'grub' }],
  ['/boot/loader/loader.conf\n', { name: 'systemd-boot' }],
  ['/boot/extlinux/extlinux.conf\n', { name: 'syslinux' }],
  ['', {}],
])('reads %j', (text, expected) => {
  expect(parseBootLoader(text)).toEqual(expected);
});
