import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent } from '../../migration.ts';
import { QmpError, type QmpEvent } from '../qmp.ts';
import type { DiskCopy } from './disk-copy.ts';
import type { Move } from './move.ts';
import { askOnce } from './permission.ts';
import { progressFigures } from './report.ts';

/** How the course of a migration came to its end. */
export type Ending =
  /** The target runs and has all that it needs. */
  | { why: 'switched' }
  | { why: 'too-late' }
  /** `whole`: whatever the target lacks, it is not a part of the guest. */
  | { why: 'failed'; reason: string; whole: boolean };

type Tell = (event: MigrationEvent) => void;

/** Statuses of the source from which on it is being stopped, or is. */
const switchingStatuses = [
  'pre-switchover',
  'device',
  'postcopy-device',
  'postcopy-active',
  'completed',
];

/**
 * One migration on its way. It reacts to events in the moment in which they come, since what it then
 * does is part of the downtime.
 */
export class Course {
  readonly #move: Move;
  readonly #tell: Tell;
  readonly #ended: Promise<Ending>;
  readonly #askToLetTargetGo: () => void;
  #end: (ending: Ending) => void = () => undefined;
  #over = false;
  /** From here on it is too late to cancel for lack of time. */
  #switching = false;
  #stopped = false;
  #sourceDone = false;
  #postCopy = false;
  /** The source cannot go on by itself any more, whatever becomes of its connection. */
  #givenUp = false;
  /** The target holds everything that the source sends while it is stopped. */
  #loaded = false;
  #whole = false;
  #resumed = false;
  #movedAt = performance.now();

  constructor(move: Move, tell: Tell) {
    this.#move = move;
    this.#tell = tell;
    const go = () => (this.#over ? undefined : this.#letTargetGo());
    const { permit, target } = move;
    const ask = permit && (() => permit(target.guest));
    this.#askToLetTargetGo = askOnce(ask, go, (reason) => this.#fail(reason));
    this.#ended = new Promise((resolve) => {
      this.#end = (ending) => {
        this.#over = true;
        resolve(ending);
      };
    });
  }

  /** Moves the guest as far as it can be moved. Never rejects. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { source, target, method, mirror, uri, limits } = this.#move;
    const tooLate = setTimeout(() => {
      if (!this.#switching) this.#endForLackOfTime();
    }, method.timeout * 1000);
    const interrupt = () => {
      if (this.#switching) void this.#hurry();
      else this.#fail('it was interrupted');
    };
    signal.addEventListener('abort', interrupt);
    if (signal.aborted) interrupt();
    const stopListening = [
      source.qmp.onEvent((event) => this.#onSource(event)),
      target.qmp.onEvent((event) => this.#onTarget(event)),
    ];
    void source.guest.gone.then((why) => {
      if (this.#sourceDone) this.#endWithoutSource();
      else this.#fail(`on the source ${why}`);
    });
    void target.guest.gone.then((why) => this.#fail(`on the target ${why}`));
    let startPostCopy: NodeJS.Timeout | undefined;
    try {
      this.#tell({ at: source.guest.host.clock.now(), event: 'start' });
      if (mirror) await Promise.race([this.#copyDisk(mirror), this.#ended]);
      if (!this.#over) {
        const started = source.qmp.execute('migrate', { uri }, { timeout: limits.answer });
        if (method.method === 'post-copy') {
          startPostCopy = setTimeout(() => this.#startPostCopy(), method.postCopyAfter * 1000);
        }
        void this.#look(started);
      }
      return await this.#ended;
    } catch (error) {
      this.#fail((error as Error).message);
      return await this.#ended;
    } finally {
      clearTimeout(tooLate);
      clearTimeout(startPostCopy);
      signal.removeEventListener('abort', interrupt);
      for (const stop of stopListening) stop();
    }
  }

  async #copyDisk(mirror: DiskCopy): Promise<void> {
    const { clock } = this.#move.source.guest.host;
    let last: number | undefined;
    const { readyAt } = await mirror.copy(
      () => !this.#over,
      (figures) => {
        this.#tell({ at: clock.now(), event: 'progress', figures });
        if (figures.diskTransferred !== last) this.#movedAt = performance.now();
        last = figures.diskTransferred;
      },
    );
    if (!this.#over) this.#tell({ at: readyAt, event: 'mirror-ready' });
    this.#movedAt = performance.now();
  }

  #onSource({ event, data, at }: QmpEvent): void {
    this.#movedAt = performance.now();
    if (event === 'STOP') {
      this.#stopped = this.#switching = true;
      this.#tell({ at, event: 'stop' });
    } else if (event === 'MIGRATION_PASS') {
      this.#tell({ at, event: 'round', figures: { round: Number(data.pass) } });
    } else if (event === 'MIGRATION') {
      this.#onSourceStatus(String(data.status), at);
    }
    this.#proceed();
  }

  #onSourceStatus(status: string, at: number): void {
    if (switchingStatuses.includes(status)) this.#switching = true;
    if (status === 'pre-switchover') this.#attempt(this.#finishDisk());
    if (status === 'postcopy-device' || status === 'postcopy-active') {
      if (!this.#postCopy) this.#tell({ at, event: 'post-copy' });
      this.#postCopy = true;
      // From QEMU 10.2 on it goes on by itself if it loses its connection before it says so.
      this.#givenUp ||= status === 'postcopy-active';
    }
    if (status === 'completed') {
      this.#sourceDone = this.#loaded = this.#whole = this.#givenUp = true;
      this.#tell({ at, event: 'completed' });
    }
    if (status === 'failed' || status === 'cancelled') {
      // QEMU lets the guest go on by itself now.
      this.#move.handover.toSource();
      void this.#failWithWords();
    }
    if (status === 'postcopy-paused') this.#fail('the connection broke after the switchover');
  }

  #onTarget({ event, data, at }: QmpEvent): void {
    this.#movedAt = performance.now();
    if (event === 'RESUME') {
      this.#resumed = true;
      this.#tell({ at, event: 'resume' });
    }
    if (event === 'MIGRATION') {
      // In post-copy it says so when it has the whole package that the stopped source sends, and
      // `completed` when it has every page: nothing more is needed of the source then.
      if (data.status === 'postcopy-active') this.#loaded = true;
      if (data.status === 'completed' && this.#postCopy) this.#sourceDone = true;
    }
    this.#proceed();
  }

  #proceed(): void {
    if (this.#over) return;
    if (this.#stopped && this.#loaded && this.#givenUp) this.#askToLetTargetGo();
    if (this.#whole && this.#resumed) this.#end({ why: 'switched' });
  }

  #letTargetGo(): void {
    const { target, handover, limits } = this.#move;
    if (!handover.toTarget()) return;
    target.qmp
      .execute('cont', {}, { timeout: limits.answer })
      .then(() => this.#announce())
      .catch((error: unknown) => {
        if (error instanceof QmpError) handover.refused();
        this.#fail(`the target was not let go: ${(error as Error).message}`);
      });
  }

  /** QEMU announced itself when the guest was loaded; switches may have forgotten since. */
  #announce(): void {
    const { qmp, guest } = this.#move.target;
    if (guest.spec.network.kind !== 'bridge') return;
    qmp
      .execute('announce-self', { initial: 50, max: 550, rounds: 5, step: 100 })
      .catch(() => undefined);
  }

  async #finishDisk(): Promise<void> {
    const { mirror, source, limits } = this.#move;
    await mirror?.finish();
    if (this.#over) return;
    const options = { timeout: limits.silence };
    await source.qmp.execute('migrate-continue', { state: 'pre-switchover' }, options);
  }

  #startPostCopy(): void {
    if (this.#over || this.#switching) return;
    // It switches over at once now: cancelling for lack of time would race with that.
    this.#switching = true;
    const { source, limits } = this.#move;
    const options = { timeout: limits.answer };
    this.#attempt(source.qmp.execute('migrate-start-postcopy', {}, options));
  }

  /** Looks at the counters until it is over. */
  async #look(started: Promise<unknown>): Promise<void> {
    const { source, limits } = this.#move;
    let last = '';
    try {
      await started;
      while (!this.#over) {
        const info = await source.qmp.execute('query-migrate', {}, { timeout: limits.silence });
        const figures = progressFigures(info);
        if (figures && !this.#sourceDone) {
          this.#tell({ at: source.guest.host.clock.now(), event: 'progress', figures });
        }
        const now = JSON.stringify(figures);
        if (now !== last) this.#movedAt = performance.now();
        last = now;
        if (this.#silentFor() > limits.silence) {
          this.#fail(`nothing moved for ${limits.silence} s (${info.status ?? 'no status'})`);
        }
        await sleep(limits.look * 1000);
      }
    } catch (error) {
      if (!this.#sourceDone) {
        this.#fail((error as Error).message);
        return;
      }
      this.#endWithoutSource();
      await sleep(limits.silence * 1000, undefined, { ref: false });
      this.#fail(`the target did not run within ${limits.silence} s`);
    }
  }

  /** The source is done and its last word is not waited for. */
  #endWithoutSource(): void {
    this.#whole = true;
    this.#proceed();
  }

  /** Lifts the limit of bandwidth: who gave up waits no longer than he must. */
  async #hurry(): Promise<void> {
    const { qmp } = this.#move.source;
    await qmp.execute('migrate-set-parameters', { 'max-postcopy-bandwidth': 0 }).catch(() => null);
  }

  #endForLackOfTime(): void {
    // A wire that is cut is no guest that dirties its memory too fast.
    const silent = this.#silentFor();
    if (silent < 2) this.#end({ why: 'too-late' });
    else this.#fail(`nothing moved for ${silent.toFixed(1)} s before its time was over`);
  }

  #silentFor(): number {
    return (performance.now() - this.#movedAt) / 1000;
  }

  async #failWithWords(): Promise<void> {
    const { source, target, limits } = this.#move;
    // A target that gave up ends a moment later, and its last words tell why.
    const theirs = Promise.race([target.guest.gone, sleep(300, undefined, { ref: false })]);
    const ours = source.qmp
      .execute('query-migrate', {}, { timeout: limits.answer })
      .then((info) => info['error-desc'])
      .catch(() => undefined);
    const words = [await ours, await theirs].filter((text) => text !== undefined);
    this.#fail(words.length > 0 ? words.join('; on the target ') : 'QEMU says that it failed');
  }

  #attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#fail((error as Error).message));
  }

  #fail(reason: string): void {
    if (!this.#over) this.#end({ why: 'failed', reason, whole: this.#whole });
  }
}
