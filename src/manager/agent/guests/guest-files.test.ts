import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pluggedDisks, removeDisks, takeDisk } from './disks.ts';
import { identifyStorage } from './ground.ts';
import { GuestFiles, type GuestFile } from './guest-files.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-guests-'));
});
afterEach(() => rmSync(place, { recursive: true }));

const file = {
  ...{ name: 'web', state: 'running', plugged: {}, ownsDisk: true },
  shape: { vcpus: 1, memory: 1, disk: 1, image: 'micro' },
  spec: { name: 'web', directory: '/tmp/x' },
} as unknown as GuestFile;

it('knows guests again, and forgets those that were removed', () => {
  const files = new GuestFiles(join(place, 'guests'));
  files.save(file);
  files.save({ ...file, name: 'app', state: 'arriving' });
  files.remove('web');
  const again = new GuestFiles(join(place, 'guests'));
  expect(again.all).toEqual([{ ...file, name: 'app', state: 'arriving' }]);
});

it('refuses a file that is none of its own', () => {
  writeFileSync(join(place, 'web.json'), '{}');
  expect(() => new GuestFiles(place)).toThrow();
});

it('says whose guests are on this host where another hypervisor was to run them', () => {
  const files = new GuestFiles(join(place, 'guests'));
  files.save({ ...file, hypervisor: 'libvirt' });
  files.expectHypervisor('libvirt');
  expect(() => files.expectHypervisor('qemu')).toThrow(/web .* libvirt: expected --hypervisor/);
  files.save(file);
  files.expectHypervisor('qemu');
  expect(() => files.expectHypervisor('xen')).toThrow(/--hypervisor qemu, got xen/);
});

it('knows a storage by what the first who used it has left there', () => {
  const shared = join(place, 'shared');
  const first = identifyStorage('shared', shared);
  expect(identifyStorage('other-name', shared).id).toBe(first.id);
  expect(identifyStorage('shared', join(place, 'elsewhere')).id).not.toBe(first.id);
  writeFileSync(join(place, 'file'), '');
  expect(() => identifyStorage('shared', join(place, 'file/below'))).toThrow(/cannot be used/);
  expect(statSync(shared).isDirectory()).toBe(true);
});

it('finds the disks that were plugged into a guest, in their order, and no others', async () => {
  const names = [
    'web.plugged-000000000000002-aaaa.raw',
    'web.plugged-000000000000001-bbbb.raw',
    ...['web.raw', 'web2.raw', 'web.plugged-1.raw', 'app.plugged-000000000000001-aaaa.raw'],
  ];
  for (const name of names) writeFileSync(join(place, name), '');
  const disk = { path: join(place, 'web.raw') };
  const found = await pluggedDisks({ disk } as Parameters<typeof pluggedDisks>[0]);
  expect(found).toEqual([names[1], names[0]].map((name) => join(place, name ?? '')));
});

it('leaves a disk to the host that has started its guest since', async () => {
  const path = join(place, 'web.raw');
  const here = {
    spec: { ...file.spec, directory: join(place, 'run'), disk: { path } },
  } as GuestFile;
  writeFileSync(path, '');
  takeDisk(path, 'a');
  takeDisk(path, 'b');
  await removeDisks(here, 'a');
  expect(existsSync(path)).toBe(true);
  await removeDisks(here, 'b');
  expect(readdirSync(place)).toEqual([]);
  // Whoever made one that nobody has taken.
  writeFileSync(path, '');
  await removeDisks(here, 'a');
  expect(readdirSync(place)).toEqual([]);
});
