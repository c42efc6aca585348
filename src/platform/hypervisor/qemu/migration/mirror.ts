import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent } from '../../migration.ts';
import type { BlockJob } from '../qmp-commands.ts';
import type { DiskCopy } from './disk-copy.ts';
import type { End } from './end.ts';
import type { MigrationLimits } from './limits.ts';
import {
  diskNode,
  linkTargetDisk,
  serveTargetDisk,
  wordsOf,
  type TargetDisk,
} from './target-disk.ts';
import { untilEvent } from './until-event.ts';

type Figures = NonNullable<MigrationEvent['figures']>;

/**
 * The disk of a guest, copied to the target while the guest runs: the target serves its empty disk
 * by NBD, the source mirrors to it.
 */
export class Mirror implements DiskCopy {
  readonly #source: End;
  readonly #target: End;
  readonly #limits: MigrationLimits;
  readonly #server: TargetDisk;
  /** Names of its own: what an earlier one left must not be in the way. */
  readonly #id = `mirror-${randomUUID().slice(0, 8)}`;
  #copying: Promise<unknown> | undefined;

  private constructor(source: End, target: End, limits: MigrationLimits, server: TargetDisk) {
    this.#source = source;
    this.#target = target;
    this.#limits = limits;
    this.#server = server;
  }

  /** Lets the target serve its disk; the source is untouched. */
  static async serve(source: End, target: End, limits: MigrationLimits): Promise<Mirror> {
    return new Mirror(source, target, limits, await serveTargetDisk(target, limits));
  }

  get node(): string {
    return this.#id;
  }

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
      await linkTargetDisk(qmp, this.#id, this.#server, isDevice, this.#limits);
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
