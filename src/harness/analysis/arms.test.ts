import { expect, it } from 'vitest';
import { armPhrase, armText } from './arms.ts';

it.each([
  [
    { storage: 'local', provisioning: 'clone', guests: 4 },
    'local · clone · 4 guests',
    'on local with clone at 4 guests',
  ],
  [
    { hypervisor: 'xen', accelerator: 'xen-pvh', storage: 'local' },
    'Xen · PVH · local',
    'under Xen PVH on local',
  ],
  [{ hypervisor: 'qemu', accelerator: 'kvm' }, 'QEMU · KVM', 'with QEMU under KVM'],
  [{ method: 'post-copy', dirtyRate: 0 }, 'post-copy · idle', 'with post-copy while idle'],
  [
    { method: 'pre-copy', dirtyRate: 50 * 2 ** 20, disk: 'mirror' },
    'pre-copy · dirtying 50 MiB/s · mirrored disk',
    'with pre-copy while dirtying 50 MiB/s with mirrored disk',
  ],
  [
    { downtimeLimit: 0.3, bandwidth: 'unlimited', multifd: 4 },
    'downtime limit 300 ms · unlimited bandwidth · 4 multifd streams',
    'with downtime limit 300 ms with unlimited bandwidth with 4 multifd streams',
  ],
  [
    { storage: 'shared (MooseFS)', provisioning: 'sparse', start: 'snapshot', hosts: 1, guests: 4 },
    'shared (MooseFS) · sparse copy · from a snapshot · 1 host · 4 guests',
    'on shared (MooseFS) with sparse copy started from a snapshot on 1 host at 4 guests',
  ],
  [
    { start: 'boot', template: 'local', templateCache: 'cold', templateData: 2 ** 31 },
    'booted · template on local · cold template · 2 GiB of data in the template',
    'booted with the template on local with cold template with 2 GiB of data in the template',
  ],
  [
    { template: 'same', templateCache: 'any', templateData: 0, hosts: 3 },
    'template beside the disk · template cached or not · no data in the template · 3 hosts',
    'with the template beside the disk with template cached or not with no data in the template on 3 hosts',
  ],
  [
    { stripeCount: 4, stripeSize: 2 ** 20, pool: 'flash', layout: '-E 64M -c 1 -E eof -c -1' },
    'striping over 4 targets · stripes of 1 MiB · pool flash · layout -E 64M -c 1 -E eof -c -1',
    'with striping over 4 targets with stripes of 1 MiB with pool flash with layout -E 64M -c 1 -E eof -c -1',
  ],
  [
    { stripeCount: 'all', stripeSize: 'inherit' },
    "striping over all targets · the directory's own layout",
    "with striping over all targets with the directory's own layout",
  ],
  [{ autoConverge: false }, 'no auto-converge', 'with no auto-converge'],
])('names the levels of %j', (arm, text, phrase) => {
  expect(armText(arm)).toBe(text);
  expect(armPhrase(arm)).toBe(phrase);
});
