import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent } from '../../migration.ts';
import type { BlockJob } from '../qmp-commands.ts';
import type { Qmp, QmpEvent } from '../qmp.ts';
import { diskDrive } from '../command-line.ts';
import type { End } from './end.ts';
import type { MigrationLimits } from './limits.ts';
import { listenOnFreePort } from './listen.ts';
import { untilEvent } from './until-event.ts';

type Figures = NonNullable<MigrationEvent['figures']>;

const exportName = 'disk';

/**
 * The disk of a guest, copied to the target while the guest runs: the target serves its empty disk
 * by NBD, the source mirrors to it.
 */
export class Mirror {
  readonly #source: End;
  readonly #target: End;
  readonly #limits: MigrationLimits;
  readonly #server: { host: string; port: number };
  /** Names of its own: what an earlier one left must not be in the way. */
  readonly #id = `mirror-${randomUUID().slice(0, 8)}`;
  #copying: Promise<unknown> | undefined;

  private constructor(
    source: End,
    target: End,
    limits: MigrationLimits,
    server: { host: string; port: number },
  ) {
    this.#source = source;
    this.#target = target;
    this.#limits = limits;
    this.#server = server;
  }

  /** Lets the target serve its disk; the source is untouched. */
  static async serve(source: End, target: End, limits: MigrationLimits): Promise<Mirror> {
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
    return new Mirror(source, target, limits, { host, port });
  }

  /** Name of the NBD client among the source's block nodes, for `yank`. */
  get node(): string {
    return this.#id;
  }

  /**
   * Copies until all of the disk is on the target and changes follow.
   * @param onLook gets bytes done and to do, as long as `going` says so
   * @throws Error in QEMU's words if the copy fails or nothing moves
   */
  copy(going: () => boolean, onLook: (figures: Figures) => void): Promise<{ readyAt: number }> {
    const copying = this.#copy(going, onLook);
    this.#copying = copying;
    return copying;
  }

  async #copy(
    going: () => boolean,
    onLook: (figures: Figures) => void,
  ): Promise<{ readyAt: number }> {
    const { qmp } = this.#source;
    const { answer, silence, look } = this.#limits;
    let readyAt: number | undefined;
    let failure: string | undefined;
    const stop = qmp.onEvent(({ event, data, at }) => {
      if (data.device !== this.#id) return;
      if (event === 'BLOCK_JOB_READY') readyAt = at;
      if (event === 'BLOCK_JOB_COMPLETED') failure = wordsOf(data) ?? 'it ended too early';
    });
    try {
      const { node, isDevice } = await diskNode(qmp, this.#limits);
      await qmp.execute(
        'blockdev-add',
        {
          driver: 'nbd',
          'node-name': this.#id,
          server: { type: 'inet', host: this.#server.host, port: String(this.#server.port) },
          export: exportName,
          // A device does not say which of its sectors were never written: zeros stay holes.
          ...(isDevice && { discard: 'unmap', 'detect-zeroes': 'unmap' }),
        },
        { timeout: answer },
      );
      if (!going()) return { readyAt: 0 };
      await qmp.execute(
        'blockdev-mirror',
        {
          'job-id': this.#id,
          device: node,
          target: this.#id,
          sync: 'full',
        },
        { timeout: answer },
      );
      let moved = { offset: -1, at: performance.now() };
      while (readyAt === undefined && going()) {
        if (failure !== undefined) throw new Error(failure);
        const job = await this.#job();
        if (job !== undefined) {
          onLook({ diskTransferred: job.offset, diskRemaining: job.len - job.offset });
        }
        if (job?.offset !== moved.offset) {
          moved = { offset: job?.offset ?? -1, at: performance.now() };
        }
        if (performance.now() - moved.at > silence * 1000) {
          throw new Error(`nothing was copied for ${silence} s`);
        }
        await sleep(look * 1000);
      }
      return { readyAt: readyAt ?? 0 };
    } finally {
      stop();
    }
  }

  /** With the guest stopped: the last changes go over, and the target has its disk to itself. */
  async finish(): Promise<void> {
    const { silence, answer } = this.#limits;
    const completed = untilEvent(
      this.#source.qmp,
      ({ event, data }) => event === 'BLOCK_JOB_COMPLETED' && data.device === this.#id,
      silence,
      'the mirror of the disk did not end',
    );
    // Not forced: a mirror that is ready completes by it.
    await Promise.all([
      completed.then(({ data }) => {
        const words = wordsOf(data);
        if (words !== undefined) throw new Error(words);
      }),
      this.#source.qmp.execute('block-job-cancel', { device: this.#id }, { timeout: answer }),
    ]);
    // Taking away the export alone may fail with "still in use".
    await this.#target.qmp.execute('nbd-server-stop', {}, { timeout: answer });
  }

  /** Removes what of it is on the source, whatever state it is in. Never rejects. */
  async drop(): Promise<void> {
    if (this.#copying === undefined) return;
    // What it has asked for last must not come after this.
    await this.#copying.catch(() => undefined);
    const { qmp } = this.#source;
    const { answer: timeout, end, look } = this.#limits;
    const deadline = performance.now() + end * 1000;
    try {
      while ((await this.#job()) !== undefined && performance.now() < deadline) {
        await qmp
          .execute('block-job-cancel', { device: this.#id, force: true }, { timeout })
          .catch(() => undefined);
        await sleep(look * 100);
      }
      await qmp.execute('blockdev-del', { 'node-name': this.#id }, { timeout });
    } catch {
      // The source is gone, or the node was never made.
    }
  }

  async #job(): Promise<BlockJob | undefined> {
    const options = { timeout: this.#limits.silence };
    const jobs = await this.#source.qmp.execute('query-block-jobs', {}, options);
    return jobs.find(({ device }) => device === this.#id);
  }
}

/** Why a job failed, from the event with which it ended. */
function wordsOf({ error }: QmpEvent['data']): string | undefined {
  return typeof error === 'string' ? `the disk was not copied: ${error}` : undefined;
}

/** QEMU's own name for the root node of the guest's disk, and whether that is a device, no file. */
async function diskNode(
  qmp: Qmp,
  { answer: timeout }: MigrationLimits,
): Promise<{ node: string; isDevice: boolean }> {
  const devices = await qmp.execute('query-block', {}, { timeout });
  const found = devices.find(({ device }) => device === diskDrive)?.inserted;
  if (found === undefined) throw new Error(`QEMU has no drive called ${diskDrive}`);
  return { node: found['node-name'], isDevice: found.file?.startsWith('/dev/') ?? false };
}
