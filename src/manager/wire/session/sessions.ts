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

/** Sessions of one peer at once: an operator has several programs that ask, others are one. */
const most = { operator: 8, agent: 1, master: 1 } as const;

/** The sessions that others have begun with us: of each the last ones in use, and as many newer ones. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byId = new Map<string, Session>();
  readonly #ofPeer = new Map<string, { used: Session[]; fresh: Session[] }>();
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

  /** A message of this session was read: it is in use. */
  confirm(session: Session): void {
    const slots = this.#ofPeer.get(session.peer.name);
    if (slots === undefined || !slots.fresh.includes(session)) return;
    slots.fresh = slots.fresh.filter((other) => other !== session);
    this.#add(slots.used, session);
  }

  /** Handshakes that come again must not take the place of a session in use. */
  #keep(session: Session): void {
    const { name } = session.peer;
    const slots = this.#ofPeer.get(name) ?? { used: [], fresh: [] };
    this.#ofPeer.set(name, slots);
    this.#byId.set(session.id, session);
    this.#add(slots.fresh, session);
  }

  /** The oldest goes. */
  #add(some: Session[], session: Session): void {
    some.push(session);
    if (some.length <= most[session.peer.role]) return;
    const oldest = some.shift();
    if (oldest !== undefined) this.#byId.delete(oldest.id);
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
