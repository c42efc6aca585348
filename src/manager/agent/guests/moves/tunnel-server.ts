import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { within } from '../../../../platform/within.ts';
import type { Identity } from '../../../wire/certificates/identity.ts';
import { verifyCertificate } from '../../../wire/certificates/trust.ts';
import type { TunnelCall } from './tunnel-client.ts';

/** A stream is joined to the caller's. */
export interface TunnelAnswer {
  readonly reply: object;
  readonly join?: NodeJS.ReadWriteStream;
}

export interface TunnelOptions {
  readonly host: string;
  readonly self: () => Identity;
  readonly answer: (call: TunnelCall) => Promise<TunnelAnswer>;
}

/** Seconds for the first line of a connection. */
const patience = 10;
/** Bytes of a line: what a command has printed, too. */
const longest = 2 ** 20;

/**
 * A way for the agent that sends a guest to what awaits it: TLS 1.3 with certificates of both ends, and a
 * secret that only the master and both agents have seen.
 */
export class Tunnel {
  readonly secret = randomBytes(24).toString('base64url');
  readonly #server: Server;
  readonly #open = new Set<TLSSocket>();

  private constructor(options: TunnelOptions) {
    const { certificate, privateKey, trust } = options.self();
    this.#server = createServer(
      {
        cert: certificate,
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        ca: trust.authority,
        minVersion: 'TLSv1.3',
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: patience * 1000,
        // Who has said all still hears what is answered.
        allowHalfOpen: true,
      },
      (socket) => {
        this.#open.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => undefined).once('close', () => this.#open.delete(socket));
        this.#serve(socket, options).catch(() => socket.destroy());
      },
    );
    this.#server.on('tlsClientError', () => undefined);
  }

  static async open(options: TunnelOptions): Promise<Tunnel> {
    const tunnel = new Tunnel(options);
    tunnel.#server.listen(0, options.host);
    await once(tunnel.#server, 'listening');
    return tunnel;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #serve(socket: TLSSocket, { self, answer }: TunnelOptions): Promise<void> {
    const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
    if (raw === undefined) throw new Error('the connection has no certificate');
    const peer = verifyCertificate(raw, self().trust, Date.now());
    if (peer.role !== 'agent') throw new Error(`${peer.role} ${peer.name} sends no guests`);
    const line = await within(patience, 'nothing was asked', readLine(socket));
    const { secret, ...call } = JSON.parse(line) as TunnelCall & { secret: string };
    if (!same(secret, this.secret)) throw new Error('the secret is another');
    // Taking the guest closes the tunnel; who asked for that hears the answer nevertheless.
    if (call.ask === 'taken') this.#open.delete(socket);
    try {
      const { reply, join } = await answer(call);
      socket.write(`${JSON.stringify(reply)}\n`);
      if (join === undefined) {
        socket.end();
        return;
      }
      join.pipe(socket).pipe(join);
      // What is on its way still gets there.
      const end = () => socket.end();
      join.on('error', end).once('close', end);
      socket.once('close', () => (join as { destroy?: () => void }).destroy?.());
    } catch (error) {
      socket.end(`${JSON.stringify({ error: (error as Error).message })}\n`);
    }
  }
}

/** The first line of a stream; what follows stays in it. */
export function readLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const stop = () => {
      stream.removeListener('readable', look);
      stream.removeListener('close', ended);
      stream.removeListener('end', ended);
    };
    const ended = () => {
      stop();
      reject(new Error('the connection was closed'));
    };
    const look = () => {
      for (;;) {
        const chunk = stream.read() as Buffer | null;
        if (chunk === null) return;
        held = Buffer.concat([held, chunk]);
        const end = held.indexOf(10);
        if (end < 0 && held.length < longest) continue;
        stop();
        if (end < 0) {
          reject(new Error('the line is too long'));
          return;
        }
        if (end + 1 < held.length) stream.unshift(held.subarray(end + 1));
        resolve(held.subarray(0, end).toString('utf8'));
        return;
      }
    };
    stream.on('readable', look).once('close', ended).once('end', ended);
    look();
  });
}

function same(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
