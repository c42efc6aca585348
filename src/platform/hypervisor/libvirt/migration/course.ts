import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent } from '../../migration.ts';
import { onMonitorEvent, type DomainEvent } from '../monitor-events.ts';
import { libvirtWords, plainLanguage, virsh, virshCommand } from '../virsh.ts';
import { parseJobInfo, progressFigures, type JobInfo } from './job-info.ts';
import type { Move } from './run.ts';

/** How virsh came to its end; `info`: the last figures of the source. */
export type Ending =
  | { why: 'moved' }
  | { why: 'too-late'; info: JobInfo }
  | { why: 'failed'; reason: string; info: JobInfo };

/** The first is of QEMU 10.2 and newer, and comes before the second. */
const begunPostCopy = ['postcopy-device', 'postcopy-active'];

/** One migration on its way: virsh moves the guest, this watches, switches to post-copy, cancels. */
export class Course {
  readonly #move: Move;
  readonly #tell: (event: MigrationEvent) => void;
  /** Ends virsh, which nothing else could bring to its end. */
  readonly #givenUp = new AbortController();
  #over = false;
  #stopped = false;
  #postCopy = false;
  #toldPostCopy = false;
  #active = false;
  #cancelled: 'too-late' | 'interrupted' | undefined;
  #info: JobInfo = {};
  /** On our own clock, in seconds: when virsh is given up. */
  #patience = Infinity;

  constructor(move: Move, tell: (event: MigrationEvent) => void) {
    this.#move = move;
    this.#tell = tell;
  }

  /** Never rejects. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { source, ear, domain, method, command, limits } = this.#move;
    const { host, spec } = source;
    const { timeout, downtimeLimit } = method;
    const interrupt = () => void this.#cancel('interrupted');
    const onTarget = ({ state, at }: { state: string; at: number }) => {
      if (state === 'running') this.#tell({ at, event: 'resume' });
    };
    let stopListening: () => Promise<void> = () => Promise.resolve();
    let tooLate: NodeJS.Timeout | undefined;
    try {
      stopListening = await onMonitorEvent(host, domain, spec.environment, (event) =>
        this.#onSource(event),
      );
      const milliseconds = String(Math.max(1, Math.round(downtimeLimit * 1000)));
      await virsh(host.shell, ['migrate-setmaxdowntime', domain, milliseconds]);
      signal.throwIfAborted();
      signal.addEventListener('abort', interrupt);
      ear.listeners.add(onTarget);
      this.#tell({ at: host.clock.now(), event: 'start' });
      this.#patience = now() + timeout + limits.end;
      tooLate = setTimeout(() => void this.#cancel('too-late'), timeout * 1000);
      const moving = host.shell.run(virshCommand(command), {
        env: plainLanguage,
        signal: this.#givenUp.signal,
      });
      void this.#look();
      await moving;
      this.#tell({ at: host.clock.now(), event: 'completed' });
      return { why: 'moved' };
    } catch (error) {
      return this.#failure(error, signal);
    } finally {
      this.#over = true;
      clearTimeout(tooLate);
      signal.removeEventListener('abort', interrupt);
      ear.listeners.delete(onTarget);
      await stopListening();
    }
  }

  #failure(error: unknown, signal: AbortSignal): Ending {
    const info = this.#info;
    if (this.#givenUp.signal.aborted) {
      const reason = `virsh did not come to an end${this.#cancelled ? ' after it was cancelled' : ''}`;
      return { why: 'failed', reason, info };
    }
    if (this.#cancelled === 'too-late') return { why: 'too-late', info };
    if (this.#cancelled === 'interrupted' || signal.aborted) {
      return { why: 'failed', reason: 'it was interrupted', info };
    }
    return { why: 'failed', reason: libvirtWords(error), info };
  }

  #onSource({ event, data, at }: DomainEvent): void {
    this.#moved();
    if (event === 'STOP') {
      this.#stopped = true;
      this.#tell({ at, event: 'stop' });
    } else if (event === 'MIGRATION_PASS') {
      this.#tell({ at, event: 'round', figures: { round: Number(data.pass) } });
    } else if (event === 'BLOCK_JOB_READY') {
      this.#tell({ at, event: 'mirror-ready' });
    } else if (event === 'MIGRATION' && data.status === 'active') {
      void this.#switchToPostCopy();
    } else if (event === 'MIGRATION' && begunPostCopy.includes(String(data.status))) {
      this.#postCopy = true;
      if (!this.#toldPostCopy) this.#tell({ at, event: 'post-copy' });
      this.#toldPostCopy = true;
    }
  }

  async #switchToPostCopy(): Promise<void> {
    const { source, domain, method, limits } = this.#move;
    const { postCopyAfter } = method;
    if (method.method !== 'post-copy' || this.#active) return;
    this.#active = true;
    await sleep(postCopyAfter * 1000);
    while (!this.#over && !this.#stopped && this.#cancelled === undefined) {
      // It switches over at once now: cancelling for lack of time would race with that.
      this.#postCopy = true;
      try {
        const args = ['migrate-postcopy', domain];
        await virsh(source.host.shell, args, { timeout: limits.answer });
        return;
      } catch {
        this.#postCopy = false;
        await sleep(200);
      }
    }
  }

  /** From the switchover on it is moved to the end. Again and again, since libvirt refuses between two phases. */
  async #cancel(why: 'too-late' | 'interrupted'): Promise<void> {
    const { source, domain, limits } = this.#move;
    if (this.#over || this.#stopped || this.#postCopy || this.#cancelled) return;
    this.#cancelled = why;
    this.#patience = Math.min(this.#patience, now() + limits.end);
    while (!this.#isOver()) {
      const args = ['domjobabort', domain];
      await virsh(source.host.shell, args, { timeout: limits.answer }).catch(() => undefined);
      await sleep(500);
    }
  }

  /** Looks at the counters until it is over. */
  async #look(): Promise<void> {
    const { source, domain, limits } = this.#move;
    const { shell, clock } = source.host;
    while (!this.#isOver()) {
      await sleep(limits.look * 1000);
      if (now() > this.#patience) this.#givenUp.abort(new Error('virsh was given up'));
      // In the switchover, libvirt shall have nothing else to do.
      if (this.#isOver() || (this.#stopped && !this.#postCopy)) continue;
      const info = await virsh(shell, ['domjobinfo', domain, '--rawstats'], {
        timeout: limits.answer,
      })
        .then(parseJobInfo)
        .catch((): JobInfo => ({}));
      const figures = progressFigures(info);
      if (figures === undefined || this.#isOver()) continue;
      if (info.memory_processed !== this.#info.memory_processed) this.#moved();
      this.#info = info;
      this.#tell({ at: clock.now(), event: 'progress', figures });
    }
  }

  /** For TypeScript, which does not see that it changes while something is waited for. */
  #isOver(): boolean {
    return this.#over;
  }

  /** After the switchover it may take as long as something moves. */
  #moved(): void {
    if (!this.#stopped && !this.#postCopy) return;
    this.#patience = Math.max(this.#patience, now() + this.#move.limits.end);
  }
}

function now(): number {
  return performance.now() / 1000;
}
