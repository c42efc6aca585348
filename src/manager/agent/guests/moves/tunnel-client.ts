import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
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

/** Asks, and reads the answer. @throws Error with the words of the other end */
export async function askTunnel<Reply>(
  end: TunnelEnd,
  call: TunnelCall,
  timeout = 60,
): Promise<Reply> {
  const { reply, socket } = await open(end, call, timeout);
  socket.destroy();
  return reply as Reply;
}

/** Asks, and goes on with the connection as a stream. */
export async function joinTunnel(
  end: TunnelEnd,
  call: TunnelCall,
): Promise<{ reply: unknown; stream: Duplex }> {
  const { reply, socket } = await open(end, call, 60);
  return { reply, stream: socket };
}

/** The agent at the other end of a tunnel, with the streams that go there. */
export class OtherEnd {
  readonly #end: TunnelEnd;
  readonly #streams = new Set<Duplex>();

  constructor(end: TunnelEnd) {
    this.#end = end;
  }

  /** Name of its host. */
  get host(): string {
    return this.#end.host;
  }

  /** Where its host is reached, without a port. */
  get address(): string {
    return hostOf(this.#end.address).name;
  }

  ask<Reply>(call: TunnelCall, timeout?: number): Promise<Reply> {
    return askTunnel<Reply>(this.#end, call, timeout);
  }

  async join(call: TunnelCall): Promise<{ reply: unknown; stream: Duplex }> {
    const joined = await joinTunnel(this.#end, call);
    const { stream } = joined;
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return joined;
  }

  /** Lets go of what is there: who has the guest now takes it. */
  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

function hostOf(address: string): { name: string; port: number } {
  const [, name = address, port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return { name, port: Number(port) };
}

async function open({ address, host, secret, self }: TunnelEnd, call: TunnelCall, timeout: number) {
  const { name, port } = hostOf(address);
  const { certificate, privateKey, trust } = self();
  const socket: TLSSocket = connect({
    ...{ host: name, port, ca: trust.authority, cert: certificate },
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ...{ minVersion: 'TLSv1.3', servername: host },
    checkServerIdentity: (_, { raw }) => {
      try {
        const peer = verifyCertificate(raw, trust, Date.now());
        if (peer.role === 'agent' && peer.name === host) return undefined;
        return new Error(`expected agent ${host}, got ${peer.role} ${peer.name}`);
      } catch (error) {
        return error as Error;
      }
    },
  });
  socket.setNoDelay(true);
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
