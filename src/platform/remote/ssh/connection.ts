import ssh2, { type Client, type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2';
import { UserError, type Problem } from '../../../base/errors.ts';
import { lastWords } from '../console-log.ts';
import { onAbort } from '../on-abort.ts';
import type { Endpoint } from '../inventory/schema.ts';
import { patienceWith } from '../patience.ts';
import { expectKnownKey, readKnownHosts, type OnNewKey } from './host-key.ts';
import { knownTypes } from './known-hosts.ts';
import { loginMethods, type LoginMethods } from './login-methods.ts';

/** Milliseconds from the first packet to the login. */
const patience = 15_000;
/** A host that has not answered two of these, in milliseconds, is gone by the third. */
const keepalive = 4_000;
/** Sessions at once until a host refuses one (MaxSessions, 10 by default) and so tells its limit. */
const hopedSessions = 64;

export interface DialOptions {
  signal?: AbortSignal | undefined;
  /** What to do about keys that are not known; refused by default. */
  onNewKey?: OnNewKey | undefined;
}

export interface ExitStatus {
  code: number | undefined;
  /** `SIGTERM` */
  signal: string | undefined;
}

/** A command that was started. */
export interface Started {
  channel: ClientChannel;
  /** Settles when the host tells how it ended, before the channel closes; never, if it does not. */
  exited: Promise<ExitStatus>;
}

/** Seconds for a host to take leave. */
const graceOfEnd = 2;

/** One login on one host. It carries several sessions at a time, each of them a command. */
export class Connection {
  readonly client: Client;
  /** Why it ended; undefined while it holds. */
  lost: string | undefined;
  /** Settles when it has ended, with the reason. */
  readonly whenLost: Promise<string>;
  /** How many sessions its host takes at once, as far as we know. */
  limit = hopedSessions;
  readonly #gate: Connection | undefined;
  #end: (reason: string) => void = () => undefined;

  /** @param consoleLog file of this machine with what the host's console says */
  constructor(client: Client, gate: Connection | undefined, consoleLog?: string) {
    this.client = client;
    this.#gate = gate;
    this.whenLost = new Promise((resolve) => {
      this.#end = (reason) => {
        this.lost ??= reason;
        resolve(this.lost);
        client.destroy();
        gate?.close();
      };
    });
    const lost = (reason: string) => this.#end(`${reason}${lastWords(consoleLog)}`);
    client.on('error', (error) => lost(lossOf(error)));
    client.on('close', () => lost('the host closed the connection'));
    void gate?.whenLost.then((reason) => this.#end(`on the way: ${reason}`));
  }

  /** Starts a command. @throws Error with `reason` set where the host takes no further session */
  exec(line: string): Promise<Started> {
    return new Promise((resolve, reject) => {
      if (this.lost !== undefined) throw new Error(this.lost);
      this.client.exec(line, (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        // Listened for at once: a short command's end comes in the same packet as its beginning.
        const exited = new Promise<ExitStatus>((tell) => {
          channel.once('exit', (code: number | null, signal?: string) =>
            tell({ code: code ?? undefined, signal }),
          );
        });
        resolve({ channel, exited });
      });
    });
  }

  /** Connects to a unix socket of the host. */
  socket(path: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (this.lost !== undefined) throw new Error(this.lost);
      this.client.openssh_forwardOutStreamLocal(path, (error, channel) =>
        error ? reject(error) : resolve(channel),
      );
    });
  }

  /** Without a word to the host, which is not there any more. */
  drop(reason: string): void {
    this.#end(reason);
  }

  close(): void {
    // After `end` the client's own `destroy` does nothing any more.
    const { _sock: socket } = this.client as unknown as { _sock?: { destroy(): void } };
    this.client.end();
    // A host that is gone would never answer, and keep this process until TCP gives up.
    setTimeout(() => socket?.destroy(), graceOfEnd * 1000).unref();
    this.#end('it was closed here');
  }
}

/**
 * Logs in, through a jump host where one is given.
 * @param name of the host, for messages
 * @throws UserError that says why it is out of reach
 */
export async function dial(
  name: string,
  endpoint: Endpoint,
  options: DialOptions = {},
): Promise<Connection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const gate = endpoint.jump && (await dial(`${name}'s jump`, endpoint.jump, options));
  try {
    return await login(name, endpoint, gate, options);
  } catch (error) {
    gate?.close();
    throw error;
  }
}

async function login(
  name: string,
  endpoint: Endpoint,
  gate: Connection | undefined,
  { signal, onNewKey }: DialOptions,
): Promise<Connection> {
  const { address, port, user } = endpoint;
  const where = `${name} (${user}@${address}:${port})`;
  const login = loginMethods(endpoint, where);
  const known = readKnownHosts(endpoint.knownHosts);
  const way = gate && (await forward(gate, endpoint, where));
  const client = new ssh2.Client();
  let refused: Error | undefined;
  let stopListening: () => void = () => undefined;
  const connected = new Promise<void>((resolve, reject) => {
    client.on('ready', () => resolve());
    // An agent that is gone ends nothing: the other ways to log in are tried next.
    client.on('error', (error) => {
      if (error.level !== 'agent') reject(refused ?? problemOf(error, where, login, endpoint));
    });
    client.on('close', () => reject(refused ?? new UserError({ where, message: closedEarly })));
    stopListening = onAbort(signal, reject);
  });
  client.connect({
    ...{ host: address, port, username: user, ...(way && { sock: way }) },
    readyTimeout: patienceWith([endpoint], patience),
    ...{ keepaliveInterval: patienceWith([endpoint], keepalive), keepaliveCountMax: 2 },
    authHandler: login.methods,
    algorithms: { serverHostKey: preferred(knownTypes(known, endpoint)) },
    hostVerifier: (key: Buffer) => {
      try {
        expectKnownKey(known, endpoint, key, { where, onNewKey });
        return true;
      } catch (error) {
        refused = error as Error;
        return false;
      }
    },
  });
  try {
    await connected;
  } catch (error) {
    client.on('error', () => undefined);
    client.destroy();
    throw error;
  } finally {
    stopListening();
  }
  // Small packets at once: without it a command takes twenty times as long.
  client.setNoDelay(true);
  return new Connection(client, gate, endpoint.console);
}

const closedEarly = 'the host closed the connection before the login';

function forward(gate: Connection, { address, port }: Endpoint, where: string) {
  return new Promise<ClientChannel>((resolve, reject) => {
    gate.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
      if (!error) resolve(channel);
      else
        reject(
          new UserError(
            { where, message: `its jump host does not reach it: ${error.message}` },
            { cause: error },
          ),
        );
    });
  });
}

const algorithms: readonly [ServerHostKeyAlgorithm, string][] = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'ssh-rsa'],
  ['rsa-sha2-256', 'ssh-rsa'],
];

/** The types by which the host is known come first: of several keys it shows the first asked for. */
function preferred(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const names = (known: boolean) =>
    algorithms.filter(([, type]) => types.includes(type) === known).map(([name]) => name);
  return [...names(true), ...names(false)];
}

interface ClientError extends Error {
  level?: string;
  code?: string | number;
}

function lossOf({ message, level }: ClientError): string {
  return level === 'client-timeout' ? 'the host does not answer any more' : message;
}

function problemOf(
  error: ClientError,
  where: string,
  { tried }: LoginMethods,
  endpoint: Endpoint,
): UserError {
  const { console } = endpoint;
  const limit = patienceWith([endpoint], patience);
  const { message, ...rest } = reasonOf(error, tried, limit);
  const said = error.level === 'client-authentication' ? '' : lastWords(console);
  return new UserError({ where, message: `${message}${said}`, ...rest }, { cause: error });
}

function reasonOf({ level, code, message }: ClientError, tried: string[], limit: number): Problem {
  if (level === 'client-authentication') {
    return {
      message: `the host refused the login; tried ${tried.join(', ')}`,
      remedy: "put the public key into the user's ~/.ssh/authorized_keys there",
    };
  }
  if (level === 'client-timeout') return { message: `no answer within ${limit / 1000} s` };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { message: 'its name is not known here', remedy: 'check the address' };
    case 'ECONNREFUSED':
      return { message: 'nothing listens there', remedy: 'check the port; does sshd run?' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return { message: 'it is out of reach', remedy: 'is it up? Does a firewall stand between?' };
    default:
      return { message: `no connection: ${message}` };
  }
}
