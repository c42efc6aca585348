import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { within } from '../../../platform/within.ts';
import type { GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import type { Identity } from '../../wire/certificates/identity.ts';
import { verifyCertificate } from '../../wire/certificates/trust.ts';
import { readLine } from './tunnel-server.ts';

/** What the agent that sends a guest may ask of the one that awaits it; of this guest only. */
export type TunnelCall =
  /** Start the hypervisor's process, which then waits. */
  | {
      readonly ask: 'launch';
      readonly machineType: string;
      readonly disk: 'shared' | 'mirror';
      /** Of the guest's disk. */
      readonly bytes: number;
      /** What the guest was started with; what was plugged in since is added by the sender. */
      readonly started: Pick<GuestSpec, 'vcpus' | 'memory' | 'maximum' | 'cpu' | 'accelerator'>;
    }
  /** Join this connection to one of its sockets. */
  | { readonly ask: 'connect'; readonly socket: 'monitor' | 'console' | 'agent' }
  /** Put its interface on the bridge. */
  | { readonly ask: 'network' }
  /** Whether it lives; answered when it has ended where `wait` is set. */
  | { readonly ask: 'lives'; readonly wait: boolean }
  | { readonly ask: 'end' }
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
export async function joinTunnel(end: TunnelEnd, call: TunnelCall): Promise<Duplex> {
  return (await open(end, call, 60)).socket;
}

async function open({ address, host, secret, self }: TunnelEnd, call: TunnelCall, timeout: number) {
  const [, name = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  const { certificate, privateKey, trust } = self();
  const socket: TLSSocket = connect({
    ...{ host: name, port: Number(port), ca: trust.authority, cert: certificate },
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
