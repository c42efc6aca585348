import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../within.ts';
import type { GuestCommandOptions, GuestControl, GuestOutput, GuestProcess } from './control.ts';
import { QemuGuestAgent } from './qemu-guest-agent.ts';

/** Where an agent listens, and what it must be shown first. */
export interface AgentAddress {
  host: string;
  port: number;
  token: string;
}

/** Seconds for a connection; what an absent guest does not answer is asked again. */
const connectLimit = 0.5;
/** Every eighth try is a patient one: a guest may be slow. */
const patientLimit = 4;
/** Seconds between two tries. */
const pause = 0.05;
/** Seconds for the first answer on a connection that stands. */
const firstAnswerLimit = 10;
/** Seconds for a connection that a command needs. */
const commandLimit = 60;

interface Connection {
  agent: QemuGuestAgent;
  socket: Socket;
  /** The guest's wall clock at its first answer, in seconds since 1970. */
  wallTime: number;
}

/**
 * The QEMU guest agent over TCP, for guests that have no channel to their host beside the network. It
 * connects when it is needed, tries until the guest listens, and connects anew where a connection was
 * lost: commands that were under way then fail.
 */
export class TcpAgent implements GuestControl {
  readonly #address: AgentAddress;
  readonly #stop = new AbortController();
  #connection: Promise<Connection> | undefined;
  #trying: Socket | undefined;

  constructor(address: AgentAddress) {
    this.#address = address;
  }

  async ready(): Promise<number> {
    return (await this.#connected()).wallTime;
  }

  async run(
    argv: readonly [string, ...string[]],
    options?: GuestCommandOptions,
  ): Promise<GuestOutput> {
    return (await this.#agent()).run(argv, options);
  }

  async start(argv: readonly [string, ...string[]]): Promise<GuestProcess> {
    return (await this.#agent()).start(argv);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.#agent()).exists(path);
  }

  async readFile(path: string): Promise<Buffer> {
    return (await this.#agent()).readFile(path);
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    return (await this.#agent()).writeFile(path, content);
  }

  close(): void {
    this.#stop.abort(new Error('the guest agent is not asked any more'));
    this.#trying?.destroy();
    void this.#connection?.then(({ agent }) => agent.close()).catch(() => undefined);
  }

  /** Ends the connection, if there is one: the guest hears of it. The next command makes another. */
  async hangUp(): Promise<void> {
    const connection = await this.#connection;
    if (connection === undefined || connection.socket.closed) return;
    const closed = new Promise((resolve) => connection.socket.once('close', resolve));
    connection.socket.end();
    await within(5, 'the guest did not hang up', closed).catch(() => connection.socket.destroy());
  }

  async #agent(): Promise<QemuGuestAgent> {
    const { host, port } = this.#address;
    const message = `the guest agent at ${host}:${port} did not answer within ${commandLimit} s`;
    return (await within(commandLimit, message, this.#connected())).agent;
  }

  /** One connection for all who wait for one. */
  #connected(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = this.#connect();
    this.#connection = connection;
    const forget = () => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    connection.then(({ socket }) => {
      if (socket.closed) forget();
      else socket.once('close', forget);
    }, forget);
    return connection;
  }

  async #connect(): Promise<Connection> {
    const { signal } = this.#stop;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const limit = attempt % 8 === 0 ? patientLimit : connectLimit;
      const connection = await this.#try(limit);
      if (connection !== undefined) return connection;
      await sleep(pause * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns undefined if nobody answered, for whatever reason */
  async #try(limit: number): Promise<Connection | undefined> {
    const { host, port, token } = this.#address;
    const socket = connect({ host, port, noDelay: true });
    this.#trying = socket;
    socket.on('error', () => undefined);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('close', () => reject(new Error('closed')));
    });
    try {
      await within(limit, 'late', opened);
      socket.write(`${token}\n`);
      const agent = new QemuGuestAgent(socket);
      const wallTime = await within(firstAnswerLimit, 'late', agent.ready());
      return { agent, socket, wallTime };
    } catch {
      socket.destroy();
      return undefined;
    }
  }
}
