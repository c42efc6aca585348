import { QemuGuestAgent } from '../../../platform/guest/control/qemu-guest-agent.ts';
import { hypervisorNamed } from '../../../platform/hypervisor/index.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Acknowledgements } from '../../observe/acknowledgements.ts';
import { witnessSize, WriteWitness, type WitnessCheck } from '../../observe/witness.ts';
import { checkImage } from '../check-image.ts';
import type { TrialScope } from '../measurement.ts';
import type { TrialCluster } from './cluster.ts';

/** Seconds from its first write to the loss of the host for which there is room on the disk. */
const room = 300;

/** Bytes of the witness's part of a disk. */
export function witnessBytes(rate: number): number {
  return witnessSize(rate, room).bytes;
}

/**
 * Starts the write witness in a guest. It has one channel, which its cluster agent holds: that ends, and
 * comes again when the witness runs.
 * @returns the instance of the witness
 */
export async function startWitness(
  { dataOffset }: Pick<TrialScope, 'dataOffset'>,
  cluster: TrialCluster,
  { host, guest, rate }: { host: Host; guest: string; rate: number },
  heard: Acknowledgements,
): Promise<string> {
  const report = await heard.addressFor(host);
  if (report === undefined) throw new Error(`${host.name} does not tell who logged in`);
  await cluster.stopAgent(host);
  const stream = await host.shell.connect(`${await cluster.sockets(host, guest)}/agent.sock`);
  const control = new QemuGuestAgent(stream);
  try {
    await control.ready();
    const at = { control, hypervisor: hypervisorNamed('qemu') };
    const size = { ...witnessSize(rate, room), report };
    const witness = await WriteWitness.start(at, dataOffset, size);
    return await witness.instance(control);
  } finally {
    control.close();
    await cluster.startAgent(host);
  }
}

/** Looks in the image of a stopped guest whether every acknowledged record is there. */
export async function checkDisk(
  { dataOffset, folder }: Pick<TrialScope, 'dataOffset' | 'folder'>,
  cluster: TrialCluster,
  { host, guest, rate }: { host: Host; guest: string; rate: number },
  findings: { instance: string; acknowledged: number },
): Promise<WitnessCheck> {
  const path = `${cluster.storage(host)}/vg-guests/${guest}.raw`;
  const part = { offset: dataOffset, bytes: witnessBytes(rate) };
  const image = { path, format: 'raw', cache: 'none' } as const;
  return checkImage(host, image, part, await folder(host), findings);
}
