import type { Volume } from '../inspect/disks.ts';
import type { Inspection } from '../inspect/index.ts';
import { allMethods, type Look } from './obstacle.ts';

/** Encrypted parts of disks: whoever is asked for a passphrase at a machine's console is not at that of its guest. */
export const lookAtCiphers: Look = ({ disks, ciphers, initramfsProblem }) => {
  const encrypted = disks
    .flatMap((disk) => disk.volumes)
    .filter(({ ciphers: names }) => names !== undefined);
  if (encrypted.length === 0) return [];
  const names = (volumes: readonly Volume[]) =>
    volumes.map(({ name, mountPoint = name }) => mountPoint).join(', ');
  const asked = encrypted.filter((volume) => isAsked(volume, ciphers));
  if (asked.length === 0) {
    const message = `encrypted: ${names(encrypted)}; opened in the guest by the same key file, what has none by hand`;
    return [{ methods: allMethods, kind: 'note', name: 'encrypted', message }];
  }
  const early = asked.some(isEarly);
  const unread =
    early && initramfsProblem !== undefined
      ? `; whether its initramfs has a key is not known: ${initramfsProblem}`
      : '';
  return [
    {
      ...{ methods: allMethods, kind: 'refused', name: 'passphrase' },
      message: `the start asks for a passphrase (${names(asked)} encrypted): the guest would wait for it at its console, and not answer${unread}`,
      remedy: early
        ? 'Let a key file of /etc/crypttab open it, from the initramfs (Debian: KEYFILE_PATTERN in /etc/cryptsetup-initramfs/conf-hook, then update-initramfs -u), at least until the guest runs.'
        : 'Name a key file in /etc/crypttab, or let the start not wait for it (nofail).',
    },
  ];
};

/** Mounted by the initramfs. */
function isEarly({ mountPoint }: Volume): boolean {
  return mountPoint === '/' || mountPoint === '/usr';
}

/** Whether the machine's start waits for somebody who opens it. */
function isAsked(volume: Volume, all: Inspection['ciphers']): boolean {
  const { ciphers: below = [] } = volume;
  if (isEarly(volume)) return !below.every((name) => all.find((each) => each.name === name)?.early);
  // One that stands nowhere was opened by hand.
  return all.some(({ name, waits, keyed }) => below.includes(name) && waits && !keyed);
}
