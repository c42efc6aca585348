import { expectClock } from '../handshake/handshake.ts';
import type { Body } from '../messages/kinds.ts';
import { readMessage, writeMessage, type Message } from '../messages/message.ts';
import { Refusal } from '../refusal.ts';
import { arms, type Arm, type Ends } from './arms.ts';
import type { Protection } from './arms.ts';
import type { Peer } from '../certificates/trust.ts';

/** After how many messages in one direction, or seconds, a session is replaced by a new one. */
export const sessionLimits = { messages: 2 ** 20, seconds: 3600 } as const;

export interface SessionOptions extends Ends {
  readonly id: string;
  readonly arm: Arm;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What two ends have agreed on: messages between them, in order, each once. */
export class Session {
  readonly id: string;
  readonly peer: Peer;
  readonly #self: string;
  readonly #protection: Protection;
  readonly #now: () => number;
  readonly #began: number;
  #sent = 0;
  #received = 0;

  constructor({ id, arm, now, ...ends }: SessionOptions) {
    this.id = id;
    this.peer = ends.peer;
    this.#self = ends.self.name;
    this.#protection = arms[arm].protection(ends);
    this.#now = now;
    this.#began = now();
  }

  /** Whether the other end has proven that it has the keys, by a message that could be opened. */
  get confirmed(): boolean {
    return this.#received > 0;
  }

  /** Whether it is time for a new session; a while before the old one counts no more. */
  get old(): boolean {
    return this.#used > 0.9;
  }

  get #used(): number {
    const seconds = (this.#now() - this.#began) / 1000;
    const messages = Math.max(this.#sent, this.#received);
    return Math.max(seconds / sessionLimits.seconds, messages / sessionLimits.messages);
  }

  /** @param answers sequence of the request to which this is the answer */
  async write(body: Body, answers?: number): Promise<{ sequence: number; document: string }> {
    this.#expectYoung();
    const sequence = ++this.#sent;
    const document = writeMessage({
      header: {
        session: this.id,
        sequence,
        sender: this.#self,
        receiver: this.peer.name,
        time: this.#now(),
        answers,
      },
      body,
    });
    return { sequence, document: await this.#protection.protect(document, sequence) };
  }

  /**
   * Reads the next message.
   * @throws Refusal if the peer has not written it in this session, for us, now, and after all that
   *   was read before
   */
  async read(bytes: Uint8Array): Promise<Message> {
    this.#expectYoung();
    const message = readMessage(await this.#protection.open(bytes));
    const { session, sequence, sender, receiver, time } = message.header;
    if (session !== this.id) throw new Refusal('replayed', 'it is of another session');
    if (sender !== this.peer.name) {
      throw new Refusal('wrong sender', `expected ${this.peer.name}, got ${sender}`);
    }
    if (receiver !== this.#self) {
      throw new Refusal('wrong receiver', `it is for ${receiver}, not for ${this.#self}`);
    }
    expectClock(time, this.#now());
    if (sequence <= this.#received) {
      throw new Refusal('replayed', `message ${sequence} comes after ${this.#received}`);
    }
    this.#received = sequence;
    return message;
  }

  #expectYoung(): void {
    if (this.#used > 1) throw new Refusal('unknown session', 'it is too old; begin a new one');
  }
}
