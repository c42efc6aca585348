import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, GuestState } from '../../wire/messages/kinds.ts';
import type { Awaited, GuestRunner } from '../runner.ts';

/**
 * Guests that are only names: for trying a cluster out, for tests, and for measuring the manager itself
 * with many agents. A guest is moved by telling its name to the port where it is awaited.
 */
export class SimulatedRunner implements GuestRunner {
  readonly hypervisor = 'simulated';
  readonly #guests: Map<string, GuestState>;
  readonly #awaited = new Map<string, Server>();
  readonly #address: string;
  readonly #delay: number;

  /**
   * @param guests names of guests that run there already
   * @param delay seconds that each operation takes
   * @param address where others reach this host
   */
  constructor({
    guests = [],
    delay = 0,
    address = '127.0.0.1',
  }: { guests?: Iterable<string>; delay?: number; address?: string } = {}) {
    this.#guests = new Map([...guests].map((name) => [name, 'running' as const]));
    this.#delay = delay;
    this.#address = address;
  }

  list(): Promise<ReadonlyMap<string, GuestState>> {
    return Promise.resolve(this.#guests);
  }

  async create(name: string): Promise<void> {
    await this.#takeTime();
    if (this.#guests.has(name)) throw new Error(`there is a guest ${name}`);
    this.#guests.set(name, 'running');
  }

  async start(name: string): Promise<void> {
    await this.#change(name, 'stopped', 'running');
  }

  async stop(name: string): Promise<void> {
    await this.#change(name, 'running', 'stopped');
  }

  async remove(name: string): Promise<void> {
    await this.#takeTime();
    this.#guests.delete(name);
  }

  async check(name: string): Promise<void> {
    await this.#takeTime();
    if (this.#guests.get(name) !== 'running') throw new Error(`${name} does not run here`);
  }

  async resume(name: string): Promise<void> {
    await this.#takeTime();
    if (this.#guests.get(name) === 'paused') this.#guests.set(name, 'running');
  }

  async forget(name: string): Promise<void> {
    await this.remove(name);
  }

  async plug(name: string, { what, amount = 1 }: Change): Promise<string> {
    await this.check(name);
    return `${amount} ${what} more`;
  }

  async unplug(name: string, { what }: Change): Promise<string> {
    await this.check(name);
    return `less ${what}`;
  }

  async receive(name: string): Promise<Awaited> {
    await this.#takeTime();
    if (this.#guests.has(name)) throw new Error(`there is a guest ${name}`);
    await this.discard(name);
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (data) => {
          if (data.toString() !== name) return socket.destroy();
          this.#guests.set(name, 'running');
          socket.end('taken');
        });
    });
    await once(server.listen(0, this.#address), 'listening');
    this.#awaited.set(name, server);
    return { address: `${this.#address}:${(server.address() as AddressInfo).port}` };
  }

  async discard(name: string): Promise<void> {
    await this.#takeTime();
    this.#awaited.get(name)?.close();
    this.#awaited.delete(name);
  }

  async send(name: string, { address }: Awaited): Promise<void> {
    await this.#takeTime();
    if (this.#guests.get(name) !== 'running') throw new Error(`${name} does not run here`);
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
    this.#guests.set(name, 'paused');
    const taken = await handOver({ host, port: Number(port) }, name);
    if (taken) this.#guests.delete(name);
    else this.#guests.set(name, 'running');
    if (!taken) throw new Error(`nobody takes ${name} at ${address}`);
  }

  /** Closes the places that guests are awaited in. */
  close(): void {
    for (const server of this.#awaited.values()) server.close();
  }

  async #change(name: string, from: GuestState, to: GuestState): Promise<void> {
    await this.#takeTime();
    const state = this.#guests.get(name);
    if (state !== from) throw new Error(`${name} is ${state ?? 'not here'}, expected ${from}`);
    this.#guests.set(name, to);
  }

  async #takeTime(): Promise<void> {
    if (this.#delay > 0) await sleep(this.#delay * 1000);
  }
}

/** Whether the other end has taken the guest. */
function handOver(to: { host: string; port: number }, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(to, () => socket.write(name));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString() === 'taken');
      socket.destroy();
    });
    socket.on('error', () => undefined).once('close', () => resolve(false));
  });
}
