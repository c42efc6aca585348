import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseMountStats } from './mountstats.ts';

const section = (
  target: string,
  reads: string,
) => `device nas:/vms mounted on ${target} with fstype nfs4 statvers=1.1
\topts:\trw,vers=4.2,rsize=1048576,wsize=1048576,hard,proto=tcp,timeo=600,local_lock=none
\tage:\t9503
\tevents:\t35 259 2 1005 9 7 511 256000 0 66 0 26 18 2 6 4 0 3 0 0 256000 0 0 0 0 0 0
\tbytes:\t10 20 30 40 50 60 7 8
\tRPC iostats version: 1.1  p/v: 100003/4 (nfs)
\txprt:\ttcp 0 0 1 0 0 12755 12754 0 51500 0 32 101086 25994
\tper-op statistics
\t        NULL: 1 1 0 44 24 0 0 0 0
\t        READ: ${reads}
\t       WRITE: 2000 2001 1 2097616000 288000 5178088 48850 5230077
\t      COMMIT: 11 11 0 2244 1144 0 615 615 0
\t        OPEN: 2 2 0 632 704 0 140 141 0
`;
const text =
  'device tmpfs mounted on /run with fstype tmpfs\n' +
  section('/mnt/other', '1 1 1 1 1 1 1 1 1') +
  section('/mnt/a b', '1000 1000 0 220000 1048680000 1689 503927 505677 0') +
  'device x mounted on /proc with fstype proc\n';

it('reads the counters of one mount, of either version', () => {
  expect(parseMountStats(text, '/mnt/a b')).toEqual({
    ...{ 'nfs.cached_read_bytes': 10, 'nfs.cached_write_bytes': 20 },
    ...{ 'nfs.direct_read_bytes': 30, 'nfs.direct_write_bytes': 40 },
    ...{ 'nfs.read_bytes': 50, 'nfs.write_bytes': 60 },
    ...{ 'nfs.read.count': 1000, 'nfs.read.timeouts': 0, 'nfs.read.seconds': 505.677 },
    ...{ 'nfs.write.count': 2000, 'nfs.write.timeouts': 1, 'nfs.write.seconds': 5230.077 },
    ...{ 'nfs.commit.count': 11, 'nfs.commit.timeouts': 0, 'nfs.commit.seconds': 0.615 },
  });
});

it('has none of what is not mounted, or no NFS', () => {
  expect(parseMountStats(text, '/mnt')).toEqual({});
  expect(parseMountStats(text, '/run')).toEqual({});
});

it('takes any text', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.string(), (from, length, noise) => {
      const some = text.slice(0, from % text.length) + noise + text.slice(length % text.length);
      const values = Object.values(parseMountStats(some, '/mnt/a b'));
      expect(values.every((value) => value >= 0)).toBe(true);
    }),
  );
});
