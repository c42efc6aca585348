import type { GuestControl } from '../../platform/guest/control/control.ts';
import type { Guest } from '../../platform/hypervisor/hypervisor.ts';
import { startInGuest, type GuestProgram } from '../load/guest-programs.ts';
import { parseWitnessLog, type CompletedWrite } from './disk.ts';

const logPath = '/tmp/witness.log';
const recordBytes = 4096;
const roundTo = 2 ** 20;

/** What the write witness needs. */
export interface WitnessSize {
  /** Writes a second. */
  rate: number;
  /** Of its own on the guest's disk. */
  bytes: number;
  /** Writes whose time it remembers. */
  logEntries: number;
  /** `ADDRESS:PORT` to which it sends a datagram for each acknowledged write. */
  report?: string;
}

/** Room for so many seconds: no write is overwritten before the check. */
export function witnessSize(rate: number, seconds: number): WitnessSize {
  const writes = Math.ceil(rate * seconds);
  const bytes = Math.ceil((writes * recordBytes) / roundTo) * roundTo;
  return { rate, bytes, logEntries: bytes / recordBytes };
}

/** What the check of the witness's records printed. */
export interface WitnessCheck {
  /** Acknowledged writes that are not there. */
  missing: number;
  report: string;
}

/** What the write witness did until it was stopped. */
export interface WitnessFindings {
  /** Of this witness, in hexadecimal digits: its records carry it. */
  instance: string;
  /** The number of the last write that was acknowledged. */
  acknowledged: number;
  /** The last writes with the guest's time of their completion. */
  writes: CompletedWrite[];
  log: Buffer;
}

/** The program that writes numbered records and acknowledges each after fdatasync. */
export class WriteWitness {
  readonly #program: GuestProgram;
  readonly #disk: string;
  readonly #offset: number;
  readonly #bytes: number;

  private constructor(program: GuestProgram, disk: string, offset: number, bytes: number) {
    this.#program = program;
    this.#disk = disk;
    this.#offset = offset;
    this.#bytes = bytes;
  }

  /**
   * Resolves when it writes.
   * @param offset first byte of its part of the disk
   */
  static async start(
    { control, hypervisor }: Pick<Guest, 'control' | 'hypervisor'>,
    offset: number,
    { rate, bytes, logEntries, report }: WitnessSize,
  ): Promise<WriteWitness> {
    const { disk } = hypervisor.devices;
    const argv = [
      ...(['vg-guest', 'witness', '--file', disk, '--quiet'] as const),
      ...['--offset', String(offset), '--bytes', String(bytes), '--rate', String(rate)],
      ...['--log', logPath, '--log-entries', String(logEntries)],
      ...(report === undefined ? [] : ['--report', report]),
    ] as const;
    const program = await startInGuest(control, 'witness', argv, /instance=/);
    return new WriteWitness(program, disk, offset, bytes);
  }

  /** @param control of the guest where it is now */
  async stop(control: GuestControl): Promise<WitnessFindings> {
    const said = await this.#program.stop(control);
    const instance = instanceIn(said);
    const { log, writes } = await this.#log(control);
    return { instance, acknowledged: writes.at(-1)?.number ?? 0, writes, log };
  }

  /** Its own, in hexadecimal digits. */
  async instance(control: GuestControl): Promise<string> {
    return instanceIn(await this.#program.printed(control));
  }

  /** The number of the last write that it has acknowledged so far. */
  async acknowledged(control: GuestControl): Promise<number> {
    return (await this.#log(control)).writes.at(-1)?.number ?? 0;
  }

  async #log(control: GuestControl): Promise<{ log: Buffer; writes: CompletedWrite[] }> {
    const log = await control.readFile(logPath);
    return { log, writes: parseWitnessLog(log) };
  }

  /** Reads in the guest, past its cache, whether every acknowledged record is on the disk. */
  async checkInGuest(control: GuestControl, findings: WitnessFindings): Promise<WitnessCheck> {
    const { code, stdout, stderr } = await control.run([
      ...(['vg-guest', ...checkArguments(findings, this.#bytes), '--file', this.#disk] as const),
      ...['--offset', String(this.#offset)],
    ]);
    if (code !== 0) throw new Error(`the write witness cannot be checked: ${stderr.trim()}`);
    return checked(stdout);
  }
}

function instanceIn(printed: string): string {
  return /instance=([0-9a-f]{16})/.exec(printed)?.[1] ?? '';
}

/** What `vg-guest` must be told to look for the acknowledged records, but not where. */
export function checkArguments(
  { instance, acknowledged }: Pick<WitnessFindings, 'instance' | 'acknowledged'>,
  bytes: number,
): string[] {
  return [
    ...['witness-check', '--instance', instance, '--acknowledged', String(acknowledged)],
    ...['--bytes', String(bytes)],
  ];
}

export function checked(report: string): WitnessCheck {
  const { missingAcknowledgedCount } = JSON.parse(report) as { missingAcknowledgedCount: number };
  return { missing: missingAcknowledgedCount, report };
}
