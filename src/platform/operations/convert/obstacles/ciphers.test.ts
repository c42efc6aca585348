import { expect, it } from 'vitest';
import { parseBlockDevices } from '../inspect/block-devices.ts';
import type { Cipher } from '../inspect/ciphers.ts';
import { disksOf } from '../inspect/disks.ts';
import { fixture } from '../inspect/fixture.example.ts';
import { exampleInspection } from '../inspect/inspection.example.ts';
import { lookAtCiphers } from './ciphers.ts';

const disks = disksOf(parseBlockDevices(fixture('lsblk-2.38-crypt.json')), []);

const cipher = (name: string, changes: Partial<Cipher> = {}): Cipher => ({
  ...{ name, waits: true, keyed: false, early: false },
  ...changes,
});
const keyed = { keyed: true, early: false };
const early = { keyed: true, early: true };

function seen(...ciphers: Cipher[]) {
  return lookAtCiphers(exampleInspection({ disks, ciphers }), undefined);
}

it.each([
  ['a passphrase for / and swap', [cipher('sda5_crypt')], '/, [SWAP]'],
  ['a key that only / itself has', [cipher('sda5_crypt', keyed)], '/'],
  ['what dracut opens without crypttab', [], '/'],
  ['nofail, which / does not heed', [cipher('sda5_crypt', { waits: false })], '/'],
])('refuses %s', (_, ciphers, names) => {
  expect(seen(...ciphers, cipher('data', keyed))).toMatchObject([
    {
      ...{ kind: 'refused', name: 'passphrase' },
      message: expect.stringContaining(`asks for a passphrase (${names} encrypted)`) as string,
      remedy: expect.stringContaining('initramfs') as string,
    },
  ]);
});

it('says where it is not known whether the initramfs has a key', () => {
  const changes = { disks, ciphers: [cipher('sda5_crypt', keyed)], initramfsProblem: 'no cpio' };
  const [found] = lookAtCiphers(exampleInspection(changes), undefined);
  expect(found?.message).toContain('whether its initramfs has a key is not known: no cpio');
});

it('refuses a passphrase for what the start waits for, and says how to go on', () => {
  const found = seen(cipher('sda5_crypt', early), cipher('data'));
  expect(found).toMatchObject([
    {
      ...{ kind: 'refused', message: expect.stringContaining('(/srv encrypted)') as string },
      remedy: 'Name a key file in /etc/crypttab, or let the start not wait for it (nofail).',
    },
  ]);
});

it.each([
  ['by its key', [cipher('data', keyed)]],
  ['by hand, once it has started', [cipher('data', { waits: false })]],
  ['by hand, as nothing names it', []],
])('notes what is opened %s', (_, ciphers) => {
  const found = seen(cipher('sda5_crypt', early), ...ciphers);
  expect(found).toMatchObject([{ kind: 'note', name: 'encrypted' }]);
});
