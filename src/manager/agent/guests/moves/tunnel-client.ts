import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { within } from '../../../../platform/within.ts';
import type { GuestSpec } from '../../../../platform/hypervisor/hypervisor.ts';
import type { Identity } from '../../../wire/certificates/identity.ts';
import { verifyCertificate } from '../../../wire/certificates/trust.ts';
import type { ShellCall } from './shell-calls.ts';
import { readLine } from './tunnel-server.ts';

/** What the agent that sends a guest says of it. */
export interface ArrivalCall {
  readonly disk: 'shared' | 'mirror';
  /** Of the guest's disk. */
  readonly bytes: number;
  /** What the guest was started with; what was plugged in since is added by the sender. */
  readonly started: Pick<GuestSpec, 'vcpus' | 'memory' | 'maximum' | 'cpu' | 'accelerator'>;
}

/** What the agent that sends a guest may ask of the one that awaits it; of QEMU of this guest only. */
export type TunnelCall =
  /** Start the hypervisor's process, which then waits. */
  | ({ readonly ask: 'launch'; readonly machineType: string } & ArrivalCall)
  /** Join this connection to one of its sockets. */
  | { readonly ask: 'connect'; readonly socket: 'monitor' | 'console' | 'agent' }
  /** Put its interface on the bridge. */
  | { readonly ask: 'network' }
  /** Whether it lives; answered when it has ended where `wait` is set. */
  | { readonly ask: 'lives'; readonly wait: boolean }
  | { readonly ask: 'end' }
  /** Make ready for a guest that the hypervisor's own tool brings, and say what it shall be. */
  | ({ readonly ask: 'prepare'; readonly mark: string } & ArrivalCall)
  | ShellCall
  /** It has the guest: it is the other host's from now on. */
  | {
      readonly ask: 'taken';
      readonly instance: string | undefined;
      readonly plugged: Readonly<Record<string, string>>;
    };

export interface TunnelEnd {
  /** `host:port` */
  readonly address: string;
  /** Name of the host there. */
  readonly host: string;
  readonly secret: string;
  readonly self: () => Identity;
}

/** Seconds to be connected. */
const patience = 10;

/** The agent at the other end of a tunnel, with the streams that go there. */
export class OtherEnd {
  readonly #end: TunnelEnd;
  readonly #context: SecureContext;
  readonly #streams = new Set<Duplex>();
  /** Of a connection whose certificate was looked at: the next ones cost no signatures (15 ms of CPU). */
  #session: Buffer | undefined;

  constructor(end: TunnelEnd) {
    const { certificate: cert, privateKey, trust } = end.self();
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.#end = end;
    this.#context = createSecureContext({ ca: trust.authority, cert, key });
  }

  /** Name of its host. */
  get host(): string {
    return this.#end.host;
  }

  /** Where its host is reached, without a port. */
  get address(): string {
    return hostOf(this.#end.address).name;
  }

  /** Asks, and reads the answer. @throws Error with the words of the other end */
  async ask<Reply>(call: TunnelCall, timeout = 60): Promise<Reply> {
    const { reply, socket } = await this.#open(call, timeout);
    socket.destroy();
    return reply as Reply;
  }

  /** Asks, and goes on with the connection as a stream. */
  async join(call: TunnelCall): Promise<{ reply: unknown; stream: Duplex }> {
    const { reply, socket: stream } = await this.#open(call, 60);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return { reply, stream };
  }

  /** Lets go of what is there: who has the guest now takes it. */
  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async #open(call: TunnelCall, timeout: number): Promise<{ reply: unknown; socket: TLSSocket }> {
    const { address, host, secret } = this.#end;
    const socket = this.#connect();
    try {
      await within(patience, `${address} did not answer`, once(socket, 'secureConnect'));
      socket.on('error', () => undefined);
      socket.write(`${JSON.stringify({ secret, ...call })}\n`);
      const line = await within(timeout, `${host} did not answer ${call.ask}`, readLine(socket));
      const reply = JSON.parse(line) as { error?: string };
      if (reply.error !== undefined) throw new Error(`on ${host}: ${reply.error}`);
      return { reply, socket };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #connect(): TLSSocket {
    const { address, host, self } = this.#end;
    const { name, port } = hostOf(address);
    const socket = connect({
      ...{ host: name, port, servername: host, minVersion: 'TLSv1.3' },
      ...{ secureContext: this.#context, session: this.#session },
      checkServerIdentity: (_, { raw }) => {
        try {
          const peer = verifyCertificate(raw, self().trust, Date.now());
          if (peer.role === 'agent' && peer.name === host) return undefined;
          return new Error(`expected agent ${host}, got ${peer.role} ${peer.name}`);
        } catch (error) {
          return error as Error;
        }
      },
    });
    socket.setNoDelay(true).on('session', (session) => (this.#session = session));
    return socket;
  }
}

function hostOf(address: string): { name: string; port: number } {
  const [, name = address, port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return { name, port: Number(port) };
}
