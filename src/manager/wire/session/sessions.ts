import type { Identity } from '../certificates/identity.ts';
import type { Peer } from '../certificates/trust.ts';
import { clockLimit, deriveKeys, hearHalf, sayHalf } from '../handshake/handshake.ts';
import { Refusal } from '../refusal.ts';
import type { Arm } from './arms.ts';
import { Session } from './session.ts';

export interface SessionsOptions {
  readonly arm: Arm;
  /** As it is now: certificates change while a server runs. */
  readonly self: () => Identity;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The sessions that others have begun with us, at most two of each: one in use and a newer one. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byId = new Map<string, Session>();
  readonly #ofPeer = new Map<string, { used?: Session; fresh?: Session }>();
  /** Ids of handshakes, and until when they would pass for new (milliseconds since 1970). */
  readonly #heard = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Answers the first half of a handshake.
   * @param channel who the channel says is there; absent where it does not tell
   * @throws Refusal
   */
  async accept(bytes: Uint8Array, channel?: Peer): Promise<string> {
    const { arm, now } = this.#options;
    const self = this.#options.self();
    const { session, from, half } = await hearHalf(bytes, self, now());
    expectSame(from, channel);
    this.#expectNew(session);
    const said = await sayHalf({ session, self, peer: from, now: now(), answers: bytes });
    const second = { document: Buffer.from(said.document), half: said.half };
    const keys = deriveKeys(session, { document: bytes, half }, second);
    this.#keep(new Session({ id: session, arm, now, self, peer: from, keys, initiator: false }));
    return said.document;
  }

  /**
   * The session to which somebody says that a message belongs.
   * @throws Refusal if there is none, or its peer counts no more
   */
  find(id: string, channel?: Peer): Session {
    const session = this.#byId.get(id);
    if (session === undefined) throw new Refusal('unknown session', 'begin a new one');
    const { now, self } = this.#options;
    const { name, serial, until } = session.peer;
    if (self().trust.revoked.has(serial)) {
      this.#forget(session);
      throw new Refusal('revoked', `the certificate ${serial} of ${name}`);
    }
    if (now() >= until) {
      this.#forget(session);
      throw new Refusal('certificate', `that of ${name} has expired`);
    }
    expectSame(session.peer, channel);
    return session;
  }

  /** A message of this session was read: it is in use, and the one before it is not any more. */
  confirm(session: Session): void {
    const slots = this.#ofPeer.get(session.peer.name);
    if (slots?.fresh !== session) return;
    if (slots.used) this.#byId.delete(slots.used.id);
    this.#ofPeer.set(session.peer.name, { used: session });
  }

  /** A handshake that comes again must not take the place of the session in use. */
  #keep(session: Session): void {
    const slots = this.#ofPeer.get(session.peer.name) ?? {};
    if (slots.fresh) this.#byId.delete(slots.fresh.id);
    this.#byId.set(session.id, session);
    this.#ofPeer.set(session.peer.name, { ...slots, fresh: session });
  }

  #forget(session: Session): void {
    this.#byId.delete(session.id);
  }

  #expectNew(id: string): void {
    const now = this.#options.now();
    for (const [old, until] of this.#heard) {
      if (until > now) break;
      this.#heard.delete(old);
    }
    if (this.#heard.has(id)) throw new Refusal('replayed', 'this handshake has been made');
    this.#heard.set(id, now + 3 * clockLimit * 1000);
  }
}

function expectSame(peer: Peer, channel: Peer | undefined): void {
  if (channel === undefined) return;
  if (channel.name === peer.name && channel.role === peer.role) return;
  throw new Refusal(
    'wrong sender',
    `${channel.role} ${channel.name} is on the channel, but ${peer.role} ${peer.name} speaks`,
  );
}
