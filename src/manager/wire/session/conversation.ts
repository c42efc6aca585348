import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../certificates/authority.ts';
import type { Identity } from '../certificates/identity.ts';
import { verifyCertificate, type Peer } from '../certificates/trust.ts';
import { deriveKeys, hearHalf, newSessionId, sayHalf } from '../handshake/handshake.ts';
import type { Body } from '../messages/kinds.ts';
import { Refusal } from '../refusal.ts';
import type { Arm } from './arms.ts';
import { Session } from './session.ts';

/** A way to a server of the wire. */
export interface Channel {
  /** @throws Refusal if it cannot be reached, or refuses */
  get(path: string, signal?: AbortSignal): Promise<Uint8Array>;
  post(path: string, document: string, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface ConversationOptions {
  readonly arm: Arm;
  readonly channel: Channel;
  /** As it is now. */
  readonly self: () => Identity;
  /** Who has to be at the other end. */
  readonly peer: { readonly name: string; readonly role: Role };
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Seconds for which a server may be busy with others before we say so. */
const busyPatience = 30;

/** Requests to one server, one after the other, in sessions that are begun as they are needed. */
export class Conversation {
  readonly #options: ConversationOptions;
  #session: Session | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /**
   * Asks, and gives the answer. A request may arrive twice, if its session ends on the way: it has to
   * mean the same then.
   * @throws Refusal, by us or by the other end
   */
  request(body: Body, signal?: AbortSignal): Promise<Body> {
    return this.#inTurn(() => this.#ask(body, signal));
  }

  /**
   * Does what the next request would have to wait for: a session is begun, if there is none that lasts,
   * and there is a connection that works.
   * @throws Refusal
   */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#session?.old === false) await this.#certificate(signal);
      else this.#session = await this.#begin(signal);
    });
  }

  /** The next request begins a new session: our certificate has changed. */
  renew(): void {
    this.#session = undefined;
  }

  close(): Promise<void> {
    return this.#options.channel.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #ask(body: Body, signal: AbortSignal | undefined): Promise<Body> {
    signal?.throwIfAborted();
    try {
      return await this.#askOnce(body, signal);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== 'unknown session') throw error;
      this.#session = undefined;
      return await this.#askOnce(body, signal);
    }
  }

  async #askOnce(body: Body, signal: AbortSignal | undefined): Promise<Body> {
    if (this.#session?.old) this.#session = undefined;
    const session = (this.#session ??= await this.#begin(signal));
    const { sequence, document } = await session.write(body);
    const { channel } = this.#options;
    const bytes = await channel.post(`/session/${session.id}`, document, signal);
    const answer = await session.read(bytes);
    if (answer.header.answers !== sequence) {
      throw new Refusal('replayed', 'it is the answer to another request');
    }
    return answer.body;
  }

  async #begin(signal: AbortSignal | undefined): Promise<Session> {
    const { arm, now } = this.#options;
    const self = this.#options.self();
    const certificate = await this.#certificate(signal);
    const peer = verifyCertificate(certificate, self.trust, now());
    this.#expectPeer(peer);
    const id = newSessionId();
    const said = await sayHalf({ session: id, self, peer, now: now() });
    const first = { document: Buffer.from(said.document), half: said.half };
    const document = await this.#sayPatiently(said.document, signal);
    const { session, from, half } = await hearHalf(document, self, now(), first.document);
    this.#expectPeer(from);
    if (session !== id) throw new Refusal('replayed', 'it answers for another session');
    const keys = deriveKeys(id, first, { document, half });
    return new Session({ id, arm, now, self, peer: from, keys, initiator: true });
  }

  async #certificate(signal: AbortSignal | undefined): Promise<Buffer> {
    return Buffer.from(await this.#options.channel.get('/certificate', signal));
  }

  /** A server that others are beginning with says so, and is asked again, ever less often. */
  async #sayPatiently(document: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const deadline = performance.now() + busyPatience * 1000;
    for (let pause = 50; ; pause = Math.min(2 * pause, 2000)) {
      try {
        return await this.#options.channel.post('/handshake', document, signal);
      } catch (error) {
        const busy = error instanceof Refusal && error.reason === 'busy';
        if (!busy || performance.now() > deadline) throw error;
        await sleep(pause * (0.5 + Math.random()), undefined, signal && { signal });
      }
    }
  }

  #expectPeer({ name, role }: Peer): void {
    const { peer } = this.#options;
    if (name === peer.name && role === peer.role) return;
    throw new Refusal('wrong sender', `expected ${peer.role} ${peer.name}, got ${role} ${name}`);
  }
}
