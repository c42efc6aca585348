import { onAbort } from '../on-abort.ts';
import type { Connection, Started } from './connection.ts';

/**
 * brief: a command that ends by itself. lasting: a program that stays; it takes at most half of a
 * connection, so that commands always find room. urgent: ends others, and waits for nobody.
 */
export type SessionKind = 'brief' | 'lasting' | 'urgent';

/** A command that was started, and where. */
export interface Session extends Started {
  connection: Connection;
}

interface Line {
  connection: Connection;
  /** Sessions that are open or about to be. */
  taken: number;
  lasting: number;
}

interface Waiting {
  kind: SessionKind;
  resolve: (line: Line) => void;
  reject: (error: Error) => void;
}

/** More connections than this to one host are nobody's intent. */
const mostConnections = 32;
/** Milliseconds for a slot to become free before a further connection is worth its price. */
const soon = 20;
/** Milliseconds in which a host that could not be reached is not tried again. */
const pause = 2_000;

/**
 * The sessions of one host. A server takes only a few at once on one connection (MaxSessions): where
 * there is no room, further connections are opened, one at a time (MaxStartups).
 */
export class Sessions {
  readonly #dial: () => Promise<Connection>;
  #lines: Line[] = [];
  #waiting: Waiting[] = [];
  #dialing = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failed: { at: number; error: Error } | undefined;

  constructor(dial: () => Promise<Connection>, first: Connection) {
    this.#dial = dial;
    this.#add(first);
  }

  /**
   * Starts a command as soon as there is room.
   * @throws Error if the host is out of reach, or takes no session at all
   */
  async exec(line: string, kind: SessionKind, signal?: AbortSignal): Promise<Session> {
    for (let alone = 0; ;) {
      const slot = await this.#slot(kind, signal);
      const { connection } = slot;
      try {
        const started = await connection.exec(line);
        started.channel.once('close', () => this.#release(slot, kind));
        return { ...started, connection };
      } catch (error) {
        const others = slot.taken - 1;
        this.#release(slot, kind);
        if (connection.lost !== undefined) throw new Error(connection.lost, { cause: error });
        // Refused beside others, it is one too many; even alone, others may just have ended.
        if (others === 0) alone += 1;
        if (!isRefusal(error) || alone > 1) throw error;
        connection.limit = Math.max(1, Math.min(connection.limit, others));
      }
    }
  }

  /** A connection that holds, for what takes no session. */
  async connection(): Promise<Connection> {
    const slot = await this.#slot('urgent');
    this.#release(slot, 'urgent');
    return slot.connection;
  }

  /** Breaks all connections; whoever wants one opens it anew. */
  drop(reason: string): void {
    for (const { connection } of [...this.#lines]) connection.drop(reason);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { connection } of this.#lines) connection.close();
    this.#rejectAll(new Error('the connection was closed here'));
  }

  #add(connection: Connection): void {
    const line = { connection, taken: 0, lasting: 0 };
    this.#lines.push(line);
    void connection.whenLost.then(() => {
      this.#lines = this.#lines.filter((each) => each !== line);
      this.#serve();
    });
  }

  #slot(kind: SessionKind, signal?: AbortSignal): Promise<Line> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closed) throw new Error('the connection was closed here');
      const stopListening = onAbort(signal, (reason) => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(reason);
      });
      const waiting: Waiting = {
        kind,
        resolve(line) {
          stopListening();
          resolve(line);
        },
        reject(error) {
          stopListening();
          reject(error);
        },
      };
      if (kind === 'urgent') this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      this.#serve();
    });
  }

  #release(line: Line, kind: SessionKind): void {
    line.taken -= 1;
    if (kind === 'lasting') line.lasting -= 1;
    this.#serve();
  }

  /** Gives free slots to those who wait, and sees to more where there are none. */
  #serve(): void {
    const left: Waiting[] = [];
    for (const waiting of this.#waiting) {
      const line = this.#lines.find((each) => hasRoom(each, waiting.kind));
      if (line === undefined) {
        left.push(waiting);
        continue;
      }
      line.taken += 1;
      if (waiting.kind === 'lasting') line.lasting += 1;
      waiting.resolve(line);
    }
    this.#waiting = left;
    if (left.length > 0 && !this.#closed) this.#grow();
  }

  #grow(): void {
    if (this.#dialing) return;
    const atOnce = this.#lines.length === 0 || this.#waiting.some(({ kind }) => kind !== 'brief');
    if (atOnce) void this.#dialFurther();
    else this.#timer ??= setTimeout(() => void this.#dialFurther(), soon);
  }

  async #dialFurther(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#dialing || this.#waiting.length === 0) return;
    if (this.#failed !== undefined && performance.now() - this.#failed.at < pause) {
      this.#refuse(this.#failed.error);
      return;
    }
    if (this.#lines.length >= mostConnections) {
      this.#refuse(new Error(`more programs at once than ${mostConnections} connections carry`));
      return;
    }
    this.#dialing = true;
    try {
      const connection = await this.#dial();
      if (this.#closed) connection.close();
      else this.#add(connection);
    } catch (error) {
      this.#failed = { at: performance.now(), error: error as Error };
      this.#refuse(this.#failed.error);
    } finally {
      this.#dialing = false;
    }
    this.#serve();
  }

  /** Brief commands may still wait for others to end; nobody else can. */
  #refuse(error: Error): void {
    if (this.#lines.length === 0) this.#rejectAll(error);
    for (const waiting of this.#waiting.filter(({ kind }) => kind !== 'brief')) {
      waiting.reject(error);
    }
    this.#waiting = this.#waiting.filter(({ kind }) => kind === 'brief');
  }

  #rejectAll(error: Error): void {
    for (const waiting of this.#waiting) waiting.reject(error);
    this.#waiting = [];
  }
}

function hasRoom({ connection, taken, lasting }: Line, kind: SessionKind): boolean {
  if (connection.lost !== undefined || taken >= connection.limit) return false;
  return kind !== 'lasting' || lasting < Math.max(1, Math.floor(connection.limit / 2));
}

/** The server granted no channel, and the connection is as it was. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'reason' in error;
}
