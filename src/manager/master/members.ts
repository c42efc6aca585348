import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { expectName } from '../../base/name.ts';
import { issueCertificate, type Authority, type Role } from '../wire/certificates/authority.ts';
import { toPem, fromPem } from '../wire/certificates/pem.ts';
import { fingerprint, verifyCertificate } from '../wire/certificates/trust.ts';
import { join, joined } from '../wire/messages/documents.ts';
import { expectRoot, namespace } from '../wire/messages/message.ts';
import { readShape, writeShape } from '../wire/messages/shape.ts';
import { Refusal } from '../wire/refusal.ts';
import { parseDocument } from '../wire/xml/parse.ts';
import type { StateLog } from '../state/state-log.ts';
import { own } from './records.ts';
import type { MasterEntry, MasterState } from './state.ts';

export interface MembersOptions {
  readonly log: StateLog<MasterState, MasterEntry>;
  readonly authority: Authority;
  /** Name of the master, for those who join. */
  readonly master: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Minutes in which a token has to be used. */
export const tokenMinutes = 60;
/** Days for which a certificate counts; it is renewed when a third is left. */
export const certificateDays = 90;

/** Who belongs to the cluster: tokens, certificates, revocation. */
export class Members {
  readonly #options: MembersOptions;
  /** Certificates are signed one after the other, so that a token is used once. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** A token by which one host may join once; with the fingerprint of the authority in it. */
  invite(host: string): string {
    const { log, authority, now } = this.#options;
    expectName(host, 'host');
    const { hosts, issued } = log.state;
    if (own(issued, host) !== undefined && own(hosts, host) === undefined) {
      throw new Refusal('not allowed', `${host} is the name of somebody else`);
    }
    const [token, secret] = [randomBytes(8).toString('hex'), randomBytes(20).toString('hex')];
    const until = now() + tokenMinutes * 60_000;
    log.append({ kind: 'invited', token, record: { digest: sha256(secret), host, until } });
    return [token, secret, fingerprint(authority.certificate)].join('.');
  }

  /** Answers the document of a host that has a token. */
  async join(document: Uint8Array): Promise<string> {
    const { name, token, request } = readShape(expectRoot(parseDocument(document), 'join'), join, [
      'xmlns',
    ]);
    return await this.#inTurn(async () => {
      const certificate = await this.#joined(name, token, request);
      const authority = fromPem(this.#options.authority.certificate);
      const answer = { certificate, authority, master: this.#options.master };
      return writeShape('joined', joined, answer, namespace);
    });
  }

  /** A certificate for a new key of somebody who has one. */
  renew(name: string, role: Role, request: string): Promise<string> {
    return this.#inTurn(async () => {
      const { certificate, serial } = await this.#issue(name, role, request);
      const { log } = this.#options;
      const { hosts, issued, revoked } = log.state;
      const serials = own(issued, name) ?? [];
      // It may have been revoked, or removed, while this waited for its turn.
      const gone = role === 'agent' && own(hosts, name) === undefined;
      if (gone || (serials.length > 0 && serials.every((each) => revoked.includes(each)))) {
        throw new Refusal('revoked', `all certificates of ${name}`);
      }
      log.append({ kind: 'renewed', name, serial });
      return certificate;
    });
  }

  /** @throws Refusal if nobody of this name has a certificate */
  revoke(name: string): void {
    const { log, master } = this.#options;
    if (name === master) throw new Refusal('not allowed', `${name} would end: nobody could lead`);
    const serials = own(log.state.issued, name) ?? [];
    if (serials.length === 0) throw new Refusal('not allowed', `nobody is called ${name}`);
    log.append({ kind: 'revoked', name, serials });
  }

  async #joined(name: string, text: string, request: string): Promise<string> {
    const { log, now } = this.#options;
    const [token = '', secret = ''] = text.split('.');
    const record = own(log.state.tokens, token);
    const digest = Buffer.from(sha256(secret), 'hex');
    if (record === undefined || !timingSafeEqual(digest, Buffer.from(record.digest, 'hex'))) {
      throw new Refusal('token', 'there is no such token');
    }
    if (record.host !== name)
      throw new Refusal('token', `it is for ${record.host}, not for ${name}`);
    // The answer may have been lost on its way.
    if (record.used?.request === request) return record.used.certificate;
    if (record.used !== undefined) throw new Refusal('token', `it was used, for ${name}`);
    if (now() > record.until) throw new Refusal('token', `it was for ${tokenMinutes} minutes`);
    const { certificate, serial } = await this.#issue(name, 'agent', request);
    log.append({ kind: 'joined', token, host: name, serial, used: { request, certificate } });
    return certificate;
  }

  async #issue(name: string, role: Role, request: string) {
    const { authority, now } = this.#options;
    const of = { name, role, request, now: now(), days: certificateDays };
    const certificate = await issueCertificate(authority, of);
    const trust = { authority: authority.certificate, revoked: new Set<string>() };
    const { serial } = verifyCertificate(toPem('CERTIFICATE', certificate), trust, now());
    return { certificate, serial };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
