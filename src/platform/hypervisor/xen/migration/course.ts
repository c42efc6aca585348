import { setTimeout as sleep } from 'node:timers/promises';
import { endProcessesOn } from '../../../ledger/kinds/remote-processes.ts';
import type { Ended, PipedProcess } from '../../../remote/shell.ts';
import type { MigrationEvent } from '../../migration.ts';
import { plainLanguage } from '../xl.ts';
import { transportVariable } from './command.ts';
import { eachLine } from './lines.ts';
import type { Move } from './run.ts';
import { Transcript } from './transcript.ts';

/** How xl came to its end. */
export type Ending = { why: 'moved' } | { why: 'too-late' } | { why: 'failed'; reason: string };

/** One migration on its way: xl moves the guest, this listens, cancels, gives up. */
export class Course {
  readonly transcript: Transcript;
  readonly #move: Move;
  readonly #tell: (event: MigrationEvent) => void;
  #over = false;
  #stopped = false;
  #cancelled: 'too-late' | 'interrupted' | 'silent' | undefined;
  /** On our own clock, in seconds: when it has to have said something. */
  #patience = Infinity;

  constructor(move: Move, tell: (event: MigrationEvent) => void) {
    this.#move = move;
    this.#tell = tell;
    this.transcript = new Transcript((event) => {
      if (event.event === 'stop') this.#stopped = true;
      tell(event);
    });
  }

  /** Never rejects. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { source, method, command, limits } = this.#move;
    const { shell, clock } = source.host;
    const interrupt = () => void this.#cancel('interrupted');
    let tooLate: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', interrupt);
      this.#tell({ at: clock.now(), event: 'start' });
      const process = await shell.open(command, {
        env: { ...plainLanguage, ...source.spec.environment },
      });
      process.stdin.on('error', () => undefined);
      process.stdin.end();
      this.#patience = now() + method.timeout + limits.end;
      tooLate = setTimeout(() => void this.#cancel('too-late'), method.timeout * 1000);
      void this.#watch(process);
      const said = eachLine(process.stdout, (text) => {
        this.transcript.read({ at: clock.now(), text });
        if (this.#stopped) this.#patience = now() + limits.end;
      });
      const ended = await process.exited;
      // ssh may hold its output open a little longer.
      await Promise.race([said, sleep(2000, undefined, { ref: false })]);
      return this.#ending(ended);
    } catch (error) {
      if (signal.aborted) return { why: 'failed', reason: 'it was interrupted' };
      return { why: 'failed', reason: (error as Error).message };
    } finally {
      this.#over = true;
      clearTimeout(tooLate);
      signal.removeEventListener('abort', interrupt);
    }
  }

  #ending({ code, lost, signal }: Ended): Ending {
    const { name } = this.#move.source.host;
    if (code === 0) return { why: 'moved' };
    if (this.#cancelled === 'too-late') return { why: 'too-late' };
    if (this.#cancelled === 'interrupted') return { why: 'failed', reason: 'it was interrupted' };
    if (lost !== undefined) {
      return { why: 'failed', reason: `${name} is out of reach: ${lost}` };
    }
    if (this.#cancelled === 'silent') return { why: 'failed', reason: 'xl did not come to an end' };
    if (signal !== undefined) return { why: 'failed', reason: `xl was ended by ${signal}` };
    const { unsupported } = this.transcript.told;
    if (unsupported !== undefined) {
      const why = `unsupported: Xen on ${name} cannot follow what this guest writes (${unsupported})`;
      return { why: 'failed', reason: why };
    }
    return {
      why: 'failed',
      reason: this.transcript.reason() ?? `xl ended with code ${code ?? 'unknown'}`,
    };
  }

  /**
   * Without its way to the target xl gives up in order: it lets the guest go on and forgets what it
   * followed. From the switchover on the guest is moved to the end.
   */
  async #cancel(why: 'too-late' | 'interrupted'): Promise<void> {
    if (this.#over || this.#stopped || this.#cancelled !== undefined) return;
    this.#cancelled = why;
    this.#patience = now() + this.#move.limits.end;
    await this.#cut();
  }

  async #cut(): Promise<void> {
    const { source, id } = this.#move;
    const variable = `${transportVariable}=${id}`;
    await endProcessesOn(source.host.shell, variable).catch(() => undefined);
  }

  /** Ends what hangs: first its way to the target, then xl itself. */
  async #watch(process: PipedProcess): Promise<void> {
    const { limits } = this.#move;
    let cut = false;
    while (!this.#isOver()) {
      await sleep(250, undefined, { ref: false });
      if (this.#isOver() || now() < this.#patience) continue;
      if (cut) {
        process.kill('SIGKILL');
        return;
      }
      cut = true;
      this.#cancelled ??= 'silent';
      this.#patience = now() + limits.end;
      await this.#cut();
    }
  }

  /** For TypeScript, which does not see that it changes while something is waited for. */
  #isOver(): boolean {
    return this.#over;
  }
}

function now(): number {
  return performance.now() / 1000;
}
