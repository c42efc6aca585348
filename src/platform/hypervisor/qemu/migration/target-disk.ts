import { diskDrive } from '../command-line.ts';
import type { Qmp, QmpEvent } from '../qmp.ts';
import type { End } from './end.ts';
import type { MigrationLimits } from './limits.ts';
import { listenOnFreePort } from './listen.ts';

/** Where a target serves its disk by NBD. */
export interface TargetDisk {
  host: string;
  port: number;
}

const exportName = 'disk';

/** Lets the target serve its disk; the source is untouched. */
export async function serveTargetDisk(target: End, limits: MigrationLimits): Promise<TargetDisk> {
  const host = target.guest.host.address;
  const { qmp } = target;
  const port = await listenOnFreePort((port) =>
    qmp.execute('nbd-server-start', {
      addr: { type: 'inet', data: { host, port: String(port) } },
    }),
  );
  await qmp.execute('block-export-add', {
    type: 'nbd',
    id: exportName,
    'node-name': (await diskNode(qmp, limits)).node,
    name: exportName,
    writable: true,
  });
  return { host, port };
}

/** Gives the source a block node that is the target's disk. */
export async function linkTargetDisk(
  source: Qmp,
  id: string,
  { host, port }: TargetDisk,
  isDevice: boolean,
  { answer: timeout }: MigrationLimits,
): Promise<void> {
  await source.execute(
    'blockdev-add',
    {
      driver: 'nbd',
      'node-name': id,
      server: { type: 'inet', host, port: String(port) },
      export: exportName,
      // A device does not say which of its sectors were never written: zeros stay holes.
      ...(isDevice && { discard: 'unmap', 'detect-zeroes': 'unmap' }),
    },
    { timeout },
  );
}

/** Why a job failed, from the event with which it ended. */
export function wordsOf({ error }: QmpEvent['data']): string | undefined {
  return typeof error === 'string' ? `the disk was not copied: ${error}` : undefined;
}

/** QEMU's own name for the root node of the guest's disk, and whether that is a device, no file. */
export async function diskNode(
  qmp: Qmp,
  { answer: timeout }: MigrationLimits,
): Promise<{ node: string; isDevice: boolean }> {
  const found = await inserted(qmp, timeout);
  return { node: found['node-name'], isDevice: found.file?.startsWith('/dev/') ?? false };
}

/** Bytes of the guest's disk that a bitmap of it has marked; undefined: there is none of that name. */
export async function bytesMarked(
  qmp: Qmp,
  bitmap: string,
  { answer: timeout }: MigrationLimits,
): Promise<number | undefined> {
  const { 'dirty-bitmaps': bitmaps } = await inserted(qmp, timeout);
  return bitmaps?.find(({ name, recording }) => name === bitmap && recording)?.count;
}

async function inserted(qmp: Qmp, timeout: number) {
  const devices = await qmp.execute('query-block', {}, { timeout });
  const found = devices.find(({ device }) => device === diskDrive)?.inserted;
  if (found === undefined) throw new Error(`QEMU has no drive called ${diskDrive}`);
  return found;
}
