import { formatBytes } from '../../../../base/units.ts';
import { placeOf } from '../inspect/disks.ts';
import { allMethods, switchMethods, warmMethods, type Look, type Obstacle } from './obstacle.ts';

/** Layouts of disks: several of them, arrays, logical volumes, `/boot` apart, swap. */
export const lookAtDisks: Look = ({ disks, leftOut, root, tracker, bootLoader }) => {
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  const note = (name: string, message: string) =>
    found.push({ methods: allMethods, kind: 'note', name, message });
  if (root === undefined) {
    refuse(
      'root-elsewhere',
      '/ lies on no disk of the machine: the network or memory has it',
      'Convert a machine that starts from a disk of its own.',
    );
    return found;
  }
  if (disks.length > 1) {
    const names = disks.map(({ path, size }) => `${path} (${formatBytes(size)})`);
    note('several-disks', `all ${disks.length} disks are copied: ${names.join(', ')}`);
    found.push({
      ...{ methods: switchMethods, kind: 'refused', name: 'several-disks' },
      message: `a machine with ${disks.length} disks does not move live so far: only one is mirrored`,
      remedy: 'Use warm or offline, or detach what is not needed.',
    });
    const boot = placeOf(bootLoader.grubConfig ?? '/', disks)?.disk;
    if (boot !== disks[0] && disks.some(({ path }) => path.startsWith('/dev/vd'))) {
      refuse(
        'boot-disk',
        `it starts from ${boot?.path ?? 'an unknown disk'}, which comes first in a guest: names such as ${disks[0]?.path ?? ''} would change`,
        'Attach the disk that it starts from as the first one.',
      );
    }
  }
  const large = disks.find(({ sector }) => sector !== undefined);
  if (large !== undefined) {
    refuse(
      'sectors',
      `${large.path} has sectors of ${large.sector} bytes: a guest has those of 512, and would not find its partitions`,
      'Move the machine to a disk with sectors of 512 bytes.',
    );
  }
  const remote = disks.filter(
    ({ path, transport }) => transport === 'iscsi' || path.startsWith('/dev/rbd'),
  );
  if (remote.length > 0) {
    refuse(
      'network-disk',
      `${remote.map(({ path }) => path).join(', ')} lies on the network: the guest would have a copy, and find the disk itself there as well`,
      'Detach it before the conversion (iscsiadm --logout, rbd unmap): the start of the guest attaches it again.',
    );
  }
  const used = leftOut.filter(({ mountPoint }) => mountPoint !== undefined);
  if (used.length > 0) {
    refuse(
      'read-only-disk',
      `${used.map(({ path, mountPoint }) => `${path} (${mountPoint})`).join(', ')} is a disk that can only be read: it is not copied`,
      'Make it writable (blockdev --setrw), or unmount it.',
    );
  }
  const left = leftOut.filter(({ mountPoint }) => mountPoint === undefined);
  if (left.length > 0) {
    const names = left.map(({ path, size, why }) => `${path} (${why}, ${formatBytes(size)})`);
    note('left-out', `not copied: ${names.join(', ')}`);
  }
  const volumes = disks.flatMap((disk) => disk.volumes);
  const through = (pattern: RegExp) =>
    volumes.filter((volume) => volume.through.some((type) => pattern.test(type)));
  const arrays = through(/^(raid|md|dmraid|linear$)/);
  if (arrays.length > 0) {
    refuse(
      'array',
      `${arrays[0]?.path} is an array of several disks`,
      'Convert a machine whose system lies on one disk, or move it onto one.',
    );
  }
  if (through(/^mpath$/).length > 0) {
    refuse(
      'multipath',
      'the disk is reached on several paths of a storage network',
      'Attach the same volume to the target instead of copying it.',
    );
  }
  const logical = through(/^lvm$/);
  if (logical.length > 0) {
    note('lvm', `${logical.length} logical volumes: the whole disk is copied, with them on it`);
  }
  const boot = volumes.find(({ mountPoint }) => mountPoint === '/boot');
  if (boot !== undefined) note('boot-apart', `/boot is a file system of its own (${boot.path})`);
  const unmounted = volumes.filter(
    ({ mountPoint, content, used }) => mountPoint === undefined && content !== 'swap' && used > 0,
  );
  if (unmounted.length > 0) {
    const names = unmounted.map(({ name }) => name).join(', ');
    note('not-mounted', `not mounted, so copied as if full: ${names}`);
  }
  if (!tracker.kernel) {
    found.push({
      methods: warmMethods,
      kind: 'note',
      name: 'no-tracker',
      message: 'the kernel does not tell what is written: every pass reads and compares all',
      remedy: 'Prefer native-switch, or a kernel with CONFIG_BLK_DEV_IO_TRACE.',
    });
  }
  return found;
};
