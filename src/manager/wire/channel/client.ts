import { X509Certificate } from 'node:crypto';
import { buildConnector, Pool } from 'undici';
import type { Role } from '../certificates/authority.ts';
import type { Identity } from '../certificates/identity.ts';
import { fingerprint, verifyCertificate } from '../certificates/trust.ts';
import { Refusal, type RefusalReason } from '../refusal.ts';
import { arms, type Arm } from '../session/arms.ts';
import type { Channel } from '../session/conversation.ts';
import { limits } from '../xml/limits.ts';
import { firstOf } from './first-of.ts';

export interface ClientOptions {
  /** `host:port`, or several with commas between, of which one answers at a time. */
  readonly address: string;
  readonly arm: Arm;
  /** As it is now: each new connection shows the certificate of that moment. */
  readonly self: () => Identity;
  readonly peer: { readonly name: string; readonly role: Role };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds until a server that does not answer is unreachable. Default: 10. */
  readonly patience?: number;
}

/** Reasons that a server may name; any other text is none of ours. */
const reasons: ReadonlySet<string> = new Set<RefusalReason>([
  ...(['too large', 'too slow', 'too deep', 'not permitted in XML', 'malformed'] as const),
  ...(['not in the schema', 'unknown session', 'not verified', 'replayed'] as const),
  ...(['wrong sender', 'wrong receiver', 'clock', 'certificate', 'revoked'] as const),
  ...(['not allowed', 'token', 'busy'] as const),
]);

/**
 * A way to a server: TLS 1.3 with certificates of both ends, or plain HTTP, as the arm has it. Of several
 * addresses it is the one that answers.
 */
export function openChannel(options: ClientOptions): Channel {
  const ways = options.address.split(',').map((address) => openOne({ ...options, address }));
  return ways.length === 1 && ways[0] ? ways[0] : firstOf(ways);
}

function openOne(options: ClientOptions): Channel {
  const { address, arm, self, peer, now, patience = 10 } = options;
  if (!arms[arm].tls)
    return channelOver(new Pool(`http://${address}`, limitsOf(patience)), address);
  // Made anew for each connection, since certificates change; without resumption, which would skip
  // looking at that of the server.
  const connect: buildConnector.connector = (target, done) => {
    const { certificate, privateKey, trust } = self();
    const open = buildConnector({
      ...tlsOptions(patience),
      servername: peer.name,
      ca: trust.authority,
      cert: certificate,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      checkServerIdentity: (_, { raw }) => objection(raw, self, peer, now),
    });
    open(target, done);
  };
  return channelOver(new Pool(`https://${address}`, { ...limitsOf(patience), connect }), address);
}

function tlsOptions(patience: number) {
  return { minVersion: 'TLSv1.3', timeout: patience * 1000, maxCachedSessions: 0 } as const;
}

/** What speaks against a server's certificate, beyond what TLS itself has checked. */
function objection(
  raw: Buffer,
  self: () => Pick<Identity, 'trust'>,
  peer: { readonly name?: string; readonly role: Role },
  now: () => number,
): Error | undefined {
  try {
    const { name, role } = verifyCertificate(raw, self().trust, now());
    if (role === peer.role && name === (peer.name ?? name)) return undefined;
    return new Error(`expected ${peer.role} ${peer.name ?? ''}, got ${role} ${name}`);
  } catch (error) {
    return error as Error;
  }
}

/**
 * A way to a server of which only the fingerprint of its authority is known.
 * @returns the channel, and the authority in PEM
 * @throws Refusal if the server cannot be reached, or has another authority
 */
export async function openPinnedChannel(
  address: string,
  pin: string,
  patience = 10,
): Promise<{ channel: Channel; authority: string }> {
  // Nothing is believed of what comes over this one but what has the fingerprint.
  const blind = buildConnector({ ...tlsOptions(patience), rejectUnauthorized: false });
  const pool = new Pool(`https://${address}`, { ...limitsOf(patience), connect: blind });
  const first = channelOver(pool, address);
  let authority: string;
  try {
    authority = Buffer.from(await first.get('/authority')).toString();
  } finally {
    await first.close();
  }
  if (!isAuthority(authority, pin)) {
    throw new Refusal('certificate', `${address} has another authority than the token`);
  }
  const trust = { authority, revoked: new Set<string>() };
  const connect = buildConnector({
    ...tlsOptions(patience),
    ca: authority,
    checkServerIdentity: (_, { raw }) =>
      objection(raw, () => ({ trust }), { role: 'master' }, Date.now),
  });
  const pinned = new Pool(`https://${address}`, { ...limitsOf(patience), connect });
  return { channel: channelOver(pinned, address), authority };
}

function isAuthority(certificate: string, pin: string): boolean {
  try {
    return new X509Certificate(certificate).ca && fingerprint(certificate) === pin;
  } catch {
    return false;
  }
}

function limitsOf(patience: number) {
  const timeout = patience * 1000;
  return {
    connections: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxHeaderSize: 8192,
    maxResponseSize: limits.size,
    keepAliveTimeout: 30_000,
    connect: { timeout },
  };
}

function channelOver(pool: Pool, address: string): Channel {
  return {
    get: (path, signal) => ask(path, 'GET', undefined, signal),
    post: (path, document, signal) => ask(path, 'POST', document, signal),
    close: () => pool.destroy(),
  };

  async function ask(
    path: string,
    method: 'GET' | 'POST',
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    let status: number;
    let bytes: Uint8Array;
    try {
      const headers = body === undefined ? {} : { 'content-type': 'application/xml' };
      const answer = await pool.request({
        ...{ path, method, headers },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
      status = answer.statusCode;
      bytes = new Uint8Array(await answer.body.arrayBuffer());
    } catch (error) {
      if (error instanceof Refusal || signal?.aborted === true) throw error;
      const why = (error as Error).message;
      throw new Refusal('unreachable', `${address}: ${why}`, { cause: error });
    }
    if (status === 200) return bytes;
    const text = Buffer.from(bytes.subarray(0, 100)).toString();
    const reason = reasons.has(text) ? (text as RefusalReason) : 'unreachable';
    throw new Refusal(reason, `${address} refuses (its audit log says more)`);
  }
}
