import type { DiskSpec } from '../../platform/hypervisor/hypervisor.ts';
import { hostProgram } from '../../platform/programs/host-program.ts';
import type { Host } from '../../platform/remote/host.ts';
import {
  checkArguments,
  checked,
  type WitnessCheck,
  type WitnessFindings,
} from '../observe/witness.ts';

/** Seconds for reading what the witness may have written, beside a second for so many bytes. */
const patience = 60;
const slowest = 5e6;

/**
 * Looks in the image of a guest that no longer runs whether every acknowledged record is there. The
 * image is read past the host's page cache where the guest used it so, too.
 * @param part of the disk that is the witness's
 * @param folder of the host for a copy of that part; it is removed again
 */
export async function checkImage(
  host: Host,
  { path, format, cache }: Pick<DiskSpec, 'path' | 'format' | 'cache'>,
  part: { offset: number; bytes: number },
  folder: string,
  findings: Pick<WitnessFindings, 'instance' | 'acknowledged'>,
): Promise<WitnessCheck> {
  const { shell } = host;
  const direct = cache === 'none' || cache === 'directsync';
  const copy = `${folder}/witness.raw`;
  const limit = patience + part.bytes / slowest;
  const image = {
    ...{ driver: 'raw', offset: part.offset, size: part.bytes },
    file: { driver: format, file: { driver: 'file', filename: path } },
  };
  try {
    await shell.run(
      [
        ...(['qemu-img', 'convert', '-q', '-O', 'raw', ...(direct ? ['-T', 'none'] : [])] as const),
        ...[`json:${JSON.stringify(image)}`, copy],
      ] as [string, ...string[]],
      { timeout: limit },
    );
    const program = await hostProgram(host, undefined, 'vg-guest');
    const { stdout } = await shell.run(
      [program, ...checkArguments(findings, part.bytes), '--file', copy, '--copy'],
      { timeout: limit },
    );
    return checked(stdout);
  } finally {
    await shell.run(['rm', '-f', '--', copy], { timeout: limit });
  }
}
