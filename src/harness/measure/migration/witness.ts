import type { GuestControl } from '../../../platform/guest/control/control.ts';
import { parseWitnessLog, type CompletedWrite } from '../../observe/disk.ts';
import { startInGuest, type GuestProgram } from '../../load/guest-programs.ts';

/** Bytes of its own on the guest's disk. */
export const witnessBytes = 8 * 2 ** 20;

const logPath = '/tmp/witness.log';
const disk = '/dev/vda';
/** At the highest rate, what it remembers reaches back over six seconds; at the usual one, 5 minutes. */
const logEntries = 65_536;

/** What the write witness found after it was stopped. */
export interface WitnessFindings {
  /** Writes that were acknowledged: the number of the last one. */
  acknowledged: number;
  /** Acknowledged writes that are not on the disk. */
  missing: number;
  /** The last writes with the guest's time of their completion. */
  writes: CompletedWrite[];
  log: Buffer;
  /** What the check printed. */
  report: string;
}

/** The program that writes numbered records and acknowledges each after fdatasync. */
export class WriteWitness {
  readonly #program: GuestProgram;
  readonly #offset: number;

  private constructor(program: GuestProgram, offset: number) {
    this.#program = program;
    this.#offset = offset;
  }

  /** @param offset first byte of its part of the disk */
  static async start(control: GuestControl, offset: number, rate: number): Promise<WriteWitness> {
    const program = await startInGuest(control, 'witness', [
      ...(['vg-guest', 'witness', '--file', disk, '--quiet'] as const),
      ...['--offset', String(offset), '--bytes', String(witnessBytes), '--rate', String(rate)],
      ...['--log', logPath, '--log-entries', String(logEntries)],
    ]);
    return new WriteWitness(program, offset);
  }

  /**
   * Stops it and reads with O_DIRECT, past the guest's cache, whether every acknowledged record is
   * on the disk.
   * @param control of the guest where it is now
   */
  async stop(control: GuestControl): Promise<WitnessFindings> {
    const said = await this.#program.stop(control);
    const instance = /instance=([0-9a-f]{16})/.exec(said)?.[1];
    if (instance === undefined) throw new Error(`the write witness did not begin: ${said}`);
    const log = await control.readFile(logPath);
    const writes = parseWitnessLog(log);
    const acknowledged = writes.at(-1)?.number ?? 0;
    const { code, stdout, stderr } = await control.run([
      ...(['vg-guest', 'witness-check', '--file', disk, '--instance', instance] as const),
      ...['--offset', String(this.#offset), '--bytes', String(witnessBytes)],
      ...['--acknowledged', String(acknowledged)],
    ]);
    if (code !== 0) throw new Error(`the write witness cannot be checked: ${stderr.trim()}`);
    const found = JSON.parse(stdout) as { missingAcknowledgedCount: number };
    return { acknowledged, missing: found.missingAcknowledgedCount, writes, log, report: stdout };
  }
}
