import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import type { Place } from '../../platform/front/front.ts';
import { addressesOf, type AddressRange } from '../../platform/remote/inventory/address-range.ts';
import type { Grant } from '../cluster/sharing/index.ts';
import type { Operator } from '../member/operator.ts';
import { untilDone } from '../member/until-done.ts';
import type { BodyOf } from '../wire/messages/kinds.ts';
import type { Declaration } from './declaration.ts';
import type { Lender, LentServer, SharedService } from './sharer.ts';

/** Seconds for an operation of the cluster, and for the service of a new guest. */
const limits = { operation: 600, service: 120 };
/** Seconds after a failure before a guest for the same grant is tried again. */
const pause = 30;

/** A guest that helps. */
export interface Helper extends LentServer {
  readonly guest: string;
}

type Guest = BodyOf<'guests'>['guests'][number];

export interface ClusterLenderOptions {
  readonly operator: Operator;
  readonly services: Declaration['services'];
  /** For the guests that help. */
  readonly addresses: AddressRange;
  readonly signal: AbortSignal;
  /** Whether somebody listens there. */
  readonly answers?: ((place: Place) => Promise<boolean>) | undefined;
}

/**
 * Lends capacity through the cluster: a grant is a guest like the one of the service that needs it, on
 * the host of the one that helps. What that one does for itself is bounded by the weights of the front
 * only.
 */
export class ClusterLender implements Lender<Helper> {
  readonly #options: ClusterLenderOptions;
  /** Guests by the addresses that they were given. */
  readonly #addresses = new Map<string, string>();
  /** When it failed last, by guest. */
  readonly #failed = new Map<string, number>();

  constructor(options: ClusterLenderOptions) {
    this.#options = options;
  }

  /** The services with the places of their own servers. @throws UserError if a guest has none */
  async shared(): Promise<SharedService[]> {
    const guests = await this.#guests();
    return Object.entries(this.#options.services).map(
      ([id, { address: place, guest, capacity }]) => {
        const { address } = found(guests, guest);
        if (address === undefined) {
          throw new UserError({
            where: `service ${id}`,
            message: `guest ${guest} has no address of its own`,
            remedy: 'Create it with --address ADDRESS/PREFIX.',
          });
        }
        return { id, place, capacity, server: { address: bare(address), port: place.port } };
      },
    );
  }

  async start({ from, to }: Grant): Promise<Helper> {
    const guest = helperName(from, to);
    await this.#afterPause(guest);
    try {
      return await this.#start(guest, from, to);
    } catch (error) {
      this.#failed.set(guest, performance.now());
      await this.#remove(guest).catch(() => undefined);
      throw error;
    }
  }

  /** Whether an address is one of those that guests which help are given. */
  isOurs(address: string): boolean {
    return [...addressesOf(this.#options.addresses)].includes(address);
  }

  /** The guest that was given an address. */
  helperAt({ address }: Place): string | undefined {
    return this.#addresses.get(address);
  }

  resize(): Promise<void> {
    return Promise.resolve();
  }

  setOwnCapacity(): Promise<void> {
    return Promise.resolve();
  }

  async stop({ guest, place }: Helper): Promise<void> {
    await this.#remove(guest);
    this.#addresses.delete(place.address);
  }

  /** Removes the guests that a process before this one has left. */
  async removeLeft(): Promise<string[]> {
    const ids = Object.keys(this.#options.services);
    const names = ids.flatMap((from) => ids.map((to) => helperName(from, to)));
    const removed = [];
    for (const name of names) if (await this.#remove(name)) removed.push(name);
    return removed;
  }

  async #start(guest: string, from: string, to: string): Promise<Helper> {
    const { services, signal } = this.#options;
    const guests = await this.#guests();
    const [donor, needy] = [services[from], services[to]];
    if (donor === undefined || needy === undefined) throw new Error('no such service');
    const { host } = found(guests, donor.guest);
    const { vcpus, memory, disk, image, storage } = found(guests, needy.guest);
    const address = this.#address(guest, guests);
    const place = { address: bare(address), port: needy.address.port };
    try {
      await this.#operate('create', guest, {
        host,
        spec: { vcpus, memory, disk, image, storage, address },
      });
      const answers = this.#options.answers ?? isAnswered;
      const deadline = performance.now() + limits.service * 1000;
      while (!(await answers(place))) {
        if (performance.now() > deadline) {
          throw new Error(`${guest}: nobody answers at ${place.address}:${place.port}`);
        }
        await sleep(500, undefined, { signal });
      }
      return { guest, place };
    } catch (error) {
      this.#addresses.delete(place.address);
      throw error;
    }
  }

  /** Also by its address it has to be one of ours: names are anybody's. */
  async #remove(guest: string): Promise<boolean> {
    const known = (await this.#guests()).find(({ name }) => name === guest);
    if (known === undefined || !this.isOurs(bare(known.address ?? ''))) return false;
    if (known.state !== 'stopped') await this.#operate('stop', guest);
    await this.#operate('remove', guest);
    return true;
  }

  async #operate(
    action: 'create' | 'stop' | 'remove',
    guest: string,
    more: Partial<Pick<BodyOf<'submit'>, 'host' | 'spec'>> = {},
  ): Promise<void> {
    const { operator } = this.#options;
    const id = randomUUID();
    await operator.ask({ kind: 'submit', id, action, guest, dryRun: false, ...more }, 'operation');
    // Not cut short: what was begun is waited for, so that it can be taken away.
    const patience = { limit: limits.operation, look: 0.1, signal: new AbortController().signal };
    await untilDone(operator, { id, action, guest }, patience);
  }

  #address(guest: string, guests: readonly Guest[]): string {
    const { addresses } = this.#options;
    const used = new Set(guests.flatMap(({ address }) => (address ? [bare(address)] : [])));
    for (const address of addressesOf(addresses)) {
      if (used.has(address) || this.#addresses.has(address)) continue;
      this.#addresses.set(address, guest);
      return `${address}/${addresses.prefix}`;
    }
    throw new Error('no address is left for a guest that helps');
  }

  async #afterPause(guest: string): Promise<void> {
    const since = (performance.now() - (this.#failed.get(guest) ?? -Infinity)) / 1000;
    if (since < pause) await sleep((pause - since) * 1000, undefined, this.#options);
  }

  async #guests(): Promise<readonly Guest[]> {
    const { operator } = this.#options;
    return (await operator.ask({ kind: 'query', what: 'guests' }, 'guests')).guests;
  }
}

/** The guest by which `from` helps `to`. */
export function helperName(from: string, to: string): string {
  return `${to}-by-${from}`;
}

function found(guests: readonly Guest[], name: string): Guest {
  const guest = guests.find((each) => each.name === name);
  if (guest !== undefined) return guest;
  const message = `expected a guest of the cluster, got ${name}`;
  throw new UserError({ message, remedy: 'virtgauge cluster guests lists them.' });
}

function bare(address: string): string {
  return address.split('/')[0] ?? '';
}

/** Whether a TCP connection is taken there, within a second. */
function isAnswered({ address, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
