import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent } from '../../migration.ts';
import type { DiskCopy } from './disk-copy.ts';
import type { End } from './end.ts';
import type { MigrationLimits } from './limits.ts';
import {
  bytesMarked,
  diskNode,
  linkTargetDisk,
  serveTargetDisk,
  wordsOf,
  type TargetDisk,
} from './target-disk.ts';

type Figures = NonNullable<MigrationEvent['figures']>;

/** Bytes: what is left of a disk for the outage is no more than a few such passes leave. */
const little = 2 ** 20;

/**
 * The disk of a guest, of which the target has all but what a dirty bitmap has marked: that is brought
 * over pass by pass (incremental backups), the last one when the guest has stopped. QEMU cannot mirror
 * from a bitmap. No pass runs while memory is sent: QEMU 7.2 was seen to crash by that.
 */
export class Increments implements DiskCopy {
  readonly #source: End;
  readonly #target: End;
  readonly #bitmap: string;
  readonly #limits: MigrationLimits;
  readonly #server: TargetDisk;
  readonly node = `increments-${randomUUID().slice(0, 8)}`;
  #passes = 0;
  #done = 0;
  #copying: Promise<unknown> | undefined;

  private constructor(
    { source, target, bitmap }: { source: End; target: End; bitmap: string },
    limits: MigrationLimits,
    server: TargetDisk,
  ) {
    this.#source = source;
    this.#target = target;
    this.#bitmap = bitmap;
    this.#limits = limits;
    this.#server = server;
  }

  /** Lets the target serve its disk; the source is untouched. */
  static async serve(
    ends: { source: End; target: End; bitmap: string },
    limits: MigrationLimits,
  ): Promise<Increments> {
    return new Increments(ends, limits, await serveTargetDisk(ends.target, limits));
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
    const { qmp, guest } = this.#source;
    const { isDevice } = await diskNode(qmp, this.#limits);
    await linkTargetDisk(qmp, this.node, this.#server, isDevice, this.#limits);
    for (let left = await this.#marked(); left > little; left = await this.#marked()) {
      if (!going()) return { readyAt: 0 };
      const before = left;
      await this.#pass((offset) =>
        onLook({
          diskTransferred: this.#done + offset,
          diskRemaining: Math.max(0, before - offset),
        }),
      );
    }
    return { readyAt: guest.host.clock.now() };
  }

  async finish(): Promise<void> {
    const { answer: timeout } = this.#limits;
    await this.#pass(() => undefined);
    // What it has written is on stable storage of the target then.
    await this.#source.qmp.execute('blockdev-del', { 'node-name': this.node }, { timeout });
    await this.#target.qmp.execute('nbd-server-stop', {}, { timeout });
  }

  async drop(): Promise<void> {
    if (this.#copying === undefined) return;
    const { qmp } = this.#source;
    const { answer: timeout, end, look } = this.#limits;
    const deadline = performance.now() + end * 1000;
    try {
      while ((await this.#job()) !== undefined && performance.now() < deadline) {
        const device = this.#jobId;
        await qmp.execute('block-job-cancel', { device, force: true }, { timeout }).catch(() => 0);
        await sleep(look * 100);
      }
      // What they have asked for last must not come after this.
      await this.#copying.catch(() => undefined);
      await qmp.execute('blockdev-del', { 'node-name': this.node }, { timeout });
    } catch {
      // The source is gone, or the node was never made.
    }
  }

  get #jobId(): string {
    return `${this.node}-${this.#passes}`;
  }

  async #marked(): Promise<number> {
    return (await bytesMarked(this.#source.qmp, this.#bitmap, this.#limits)) ?? 0;
  }

  async #job() {
    const options = { timeout: this.#limits.silence };
    const jobs = await this.#source.qmp.execute('query-block-jobs', {}, options);
    return jobs.find(({ device }) => device === this.#jobId);
  }

  /** Brings over what the bitmap has marked; what is written meanwhile is marked when it has ended. */
  async #pass(onLook: (offset: number) => void): Promise<void> {
    const { qmp } = this.#source;
    const { answer: timeout, silence, look } = this.#limits;
    this.#passes += 1;
    const job = this.#jobId;
    let tell: (end: { words: string | undefined }) => void = () => undefined;
    const ended = new Promise<{ words: string | undefined }>((resolve) => (tell = resolve));
    const stop = qmp.onEvent(({ event, data }) => {
      if (data.device !== job) return;
      if (event === 'BLOCK_JOB_COMPLETED') tell({ words: wordsOf(data) });
      if (event === 'BLOCK_JOB_CANCELLED') tell({ words: 'it was cancelled' });
    });
    try {
      const { node } = await diskNode(qmp, this.#limits);
      await qmp.execute(
        'blockdev-backup',
        {
          ...{ 'job-id': job, device: node, target: this.node },
          ...{ sync: 'bitmap', bitmap: this.#bitmap, 'bitmap-mode': 'on-success' },
        },
        { timeout },
      );
      let moved = { offset: -1, at: performance.now() };
      for (;;) {
        const end = await Promise.race([ended, sleep(look * 1000).then(() => undefined)]);
        if (end?.words !== undefined) throw new Error(end.words);
        if (end !== undefined) break;
        const offset = (await this.#job())?.offset ?? moved.offset;
        onLook(offset);
        if (offset !== moved.offset) moved = { offset, at: performance.now() };
        if (performance.now() - moved.at > silence * 1000) {
          throw new Error(`nothing was copied for ${silence} s`);
        }
      }
      this.#done += Math.max(0, moved.offset);
    } finally {
      stop();
    }
  }
}
