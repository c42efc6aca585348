import { describe, expect, it } from 'vitest';
import { problemsOf } from './load-text.example.ts';

function scenario(parts: Record<string, string>): string {
  const defaults = {
    name: 'a',
    storages: '{ one: { kind: local }, two: { kind: local } }',
    measure: '{ creation: {} }',
  };
  return Object.entries({ ...defaults, ...parts })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** Position and message; columns count from the key of the line. */
function complaints(parts: Record<string, string>): string[] {
  return problemsOf(scenario(parts)).map(({ where, message }) => `${where ?? ''} ${message}`);
}

const jobs = (...list: string[]) => `{ guest-io: { jobs: [${list.join(', ')}] } }`;

describe('check', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'an undefined storage in fixed',
      { fixed: '{ storage: oen }' },
      'x.yaml:4:19 fixed.storage: expected one of one, two, got "oen"',
    ],
    [
      'an undefined storage in factors',
      { factors: '{ storage: [one, three] }' },
      'x.yaml:4:27 factors.storage.1: expected one of one, two, got "three"',
    ],
    [
      'guests of a migration on several hosts',
      { measure: '{ migration: {} }', fixed: '{ guests: 2, hosts: 2 }' },
      'x.yaml:4:28 fixed.hosts: expected 1 beside measure.migration, whose guests start on one host; got 2',
    ],
    [
      'hosts without a guest',
      { fixed: '{ guests: 2, hosts: 3 }' },
      'x.yaml:4:18 hosts 3 with guests 2 cannot be: a host would be without a guest (the only arm)',
    ],
    [
      'guests without a storage',
      { storages: '{}' },
      'x.yaml:2:1 storages: expected at least one storage for the guests of creation, got none',
    ],
    [
      'an undefined storage where nothing needs one',
      { storages: '{}', measure: '{ noop: {} }', fixed: '{ storage: one }' },
      'x.yaml:4:19 fixed.storage: expected a name defined in storages, got "one"',
    ],
    [
      'two storages of one path',
      { storages: '{ one: { kind: local, path: /a }, two: { kind: local, path: /b/../a/ } }' },
      'x.yaml:2:71 storages.two.path: expected a directory of its own, got that of storage one',
    ],
    [
      'a factor that is held and crossed',
      { fixed: '{ guests: 1 }', factors: '{ guests: [1, 2] }' },
      'x.yaml:5:12 factors.guests: expected a factor that is not held in fixed, got one that is',
    ],
    [
      'a level twice',
      { factors: '{ memory: [1GiB, 64MiB, 1024MiB] }' },
      'x.yaml:4:34 factors.memory.2: expected every level once, got 1073741824 again',
    ],
    [
      'too many arms',
      {
        factors: `{ guests: [${Array.from({ length: 101 }, (_, i) => i + 1).join()}], vcpus: [${Array.from({ length: 100 }, (_, i) => i + 1).join()}] }`,
      },
      'x.yaml:4:1 factors: expected at most 10000 combinations of levels, got 10100',
    ],
    [
      'an exclusion of a factor that is held',
      { fixed: '{ cache: unsafe }', exclude: '[{ cache: none }]' },
      'x.yaml:5:13 exclude.0.cache: expected a factor that is crossed in factors, got one that is "unsafe" in every arm',
    ],
    [
      'an exclusion of a level that does not occur',
      { factors: '{ guests: [1, 2] }', exclude: '[{ guests: 4 }]' },
      'x.yaml:5:21 exclude.0.guests: expected a level of the factor, 1, 2, got 4',
    ],
    [
      'an exclusion of everything',
      { factors: '{ guests: [1, 2] }', exclude: '[{ guests: 1 }, { guests: 2 }]' },
      'x.yaml:5:1 exclude: expected to leave at least one arm, got none',
    ],
    [
      'a kernel beside a cloud image',
      { guest: '{ image: /srv/debian.qcow2, kernel: /boot/vmlinuz }' },
      'x.yaml:4:44 guest.kernel: expected none, since the image "/srv/debian.qcow2" boots its own; got "/boot/vmlinuz"',
    ],
    [
      'a domain that QEMU cannot read',
      { guest: '{ domain: /srv/machine.xml }' },
      'x.yaml:4:18 guest.domain: expected the hypervisor libvirt, which alone reads it; got qemu',
    ],
    [
      'a level that a domain decides',
      { guest: '{ domain: /srv/machine.xml }', fixed: '{ hypervisor: libvirt, memory: 1GiB }' },
      'x.yaml:5:31 fixed.memory: expected none beside guest.domain, which says what the machine is',
    ],
    [
      'two jobs of one name',
      { measure: jobs('{ name: a, rw: read }', '{ name: a, rw: write }') },
      'x.yaml:3:62 measure.guest-io.jobs.1.name: expected a name of its own, got "a" again',
    ],
    [
      'a block size that direct I/O refuses',
      { measure: jobs('{ name: a, rw: read, bs: 1000, size: 10000 }') },
      'x.yaml:3:56 measure.guest-io.jobs.0.bs: expected a multiple of 512 bytes for direct I/O, got 1000',
    ],
    [
      'a job smaller than its block',
      { measure: jobs('{ name: a, rw: read, bs: 1MiB, size: 64KiB }') },
      'x.yaml:3:68 measure.guest-io.jobs.0.size: expected a multiple of the block size of 1048576 bytes, got 65536',
    ],
    [
      'a job of no whole number of blocks',
      { measure: jobs('{ name: a, rw: read, size: 10kB }') },
      'x.yaml:3:58 measure.guest-io.jobs.0.size: expected a multiple of the block size of 4096 bytes, got 10000',
    ],
    [
      'a rate of a sequential job',
      { measure: jobs('{ name: a, rw: read, rate: 100 }') },
      'x.yaml:3:58 measure.guest-io.jobs.0.rate: expected a random pattern where a rate is given, got read',
    ],
    [
      'a rate of a first touch',
      { measure: jobs('{ name: a, rw: randread, touch: first, rate: 100 }') },
      'x.yaml:3:76 measure.guest-io.jobs.0.rate: expected touch: overwrite where a rate is given, got first',
    ],
    [
      'a rate that has no two directions',
      { measure: jobs('{ name: a, rw: randrw, rate: 1 }') },
      'x.yaml:3:60 measure.guest-io.jobs.0.rate: expected a rate and an iodepth of at least 2 for a mixed pattern',
    ],
    [
      'a pilot longer than the run',
      { repeat: '{ pilot: 60 }' },
      'x.yaml:4:11 repeat.pilot: expected at most the 50 trials of repeat.most, got 60',
    ],
    [
      'a raw clone',
      { fixed: '{ format: raw }' },
      'x.yaml:4:18 provisioning clone with format raw cannot be: a raw image has no backing file (the only arm)',
    ],
    [
      'native aio through the page cache',
      { fixed: '{ aio: native, cache: writeback }' },
      'x.yaml:4:30 aio native with cache writeback cannot be: QEMU does native aio only past the page cache (the only arm)',
    ],
    [
      'memory that huge pages do not fill',
      { fixed: '{ hugepages: true, memory: 33MiB }' },
      'x.yaml:4:35 hugepages true with memory 34603008 cannot be: memory is no multiple of a huge page (2 MiB) (the only arm)',
    ],
    [
      'more vCPUs than the machine takes',
      { fixed: '{ vcpus: 256 }' },
      'x.yaml:4:17 machine pc with vcpus 256 cannot be: machine pc has at most 255 vCPUs (the only arm)',
    ],
    [
      'a transport that QEMU does not know',
      { fixed: '{ transport: p2p }' },
      'x.yaml:4:21 hypervisor qemu with transport p2p cannot be: only libvirt moves the migration stream in other ways (the only arm)',
    ],
    [
      'a disk through the tunnel',
      { fixed: '{ hypervisor: libvirt, transport: tunnelled, disk: mirror }' },
      "x.yaml:4:59 transport tunnelled with disk mirror cannot be: libvirt's tunnel does not carry a mirrored disk (the only arm)",
    ],
    [
      'a saved state under libvirt',
      { fixed: '{ hypervisor: libvirt, start: snapshot }' },
      'x.yaml:4:22 start snapshot with hypervisor libvirt cannot be: libvirt restores a saved state only under the name, UUID and MAC of the saved guest (the only arm)',
    ],
    [
      "a way of Xen's under QEMU",
      { fixed: '{ accelerator: xen-pv }' },
      'x.yaml:4:23 hypervisor qemu with accelerator xen-pv cannot be: that is a way in which Xen runs guests (the only arm)',
    ],
    [
      "a way of QEMU's under Xen",
      { fixed: '{ hypervisor: xen, accelerator: kvm }' },
      'x.yaml:4:40 hypervisor xen with accelerator kvm cannot be: Xen runs guests by itself (the only arm)',
    ],
    [
      'what Xen has not',
      { fixed: '{ hypervisor: xen, aio: io_uring }' },
      'x.yaml:4:32 hypervisor xen with aio io_uring cannot be: Xen does not know aio (the only arm)',
    ],
    [
      'a saved state of a cloud image',
      { guest: '{ image: cloud.qcow2 }', factors: '{ start: [boot, snapshot] }' },
      'x.yaml:5:26 factors.start.1: expected boot beside guest.image "cloud.qcow2", which cannot be given an identity of its own after it is restored; got snapshot',
    ],
  ])('refuses %s', (_, parts, expected) => {
    expect(complaints(parts)).toEqual([expected]);
  });

  it('tells a clash once for all its arms, and how to leave them out', () => {
    const problems = problemsOf(
      scenario({
        factors: '{ guests: [1, 2], provisioning: [copy, clone], format: [qcow2, raw] }',
      }),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe(
      'provisioning clone with format raw cannot be: a raw image has no backing file (2 arms, the first guests=1 provisioning=clone format=raw)',
    );
    expect(problems[0]?.remedy).toContain('exclude: [{ provisioning: clone, format: raw }]');
  });

  it('lets such arms pass once they are excluded', () => {
    const factors = '{ guests: [1, 2], provisioning: [copy, clone], format: [qcow2, raw] }';
    const exclude = '[{ provisioning: clone, format: raw }]';
    expect(complaints({ factors, exclude })).toEqual([]);
  });

  it('does not ask for possible guests where none is started', () => {
    const measure = '{ noop: {} }';
    expect(complaints({ measure, storages: '{}', fixed: '{ format: raw }' })).toEqual([]);
  });

  it('suggests the storage that was meant', () => {
    const [problem] = problemsOf(scenario({ fixed: '{ storage: oen }' }));
    expect(problem?.excerpt).toContain('^^^ did you mean "one"?');
  });

  it('tells everything at once, in order of position', () => {
    const found = complaints({
      fixed: '{ storage: x, format: raw }',
      exclude: '[{ guests: 9 }]',
      repeat: '{ pilot: 60 }',
    });
    expect(found.map((text) => text.slice(0, 8))).toEqual(['x.yaml:4', 'x.yaml:4', 'x.yaml:5', 'x.yaml:6']); // prettier-ignore
  });
});
