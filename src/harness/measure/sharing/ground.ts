import { UserError } from '../../../base/errors.ts';
import { ipvsFront } from '../../../platform/front/ipvs.ts';
import type { Front } from '../../../platform/front/front.ts';
import { makeDirector, makeRealServer } from '../../../platform/front/prepare.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import type { Lender, SharedService } from '../../../manager/front/sharer.ts';
import type { TrialScope } from '../measurement.ts';
import { ownAddress } from '../own-address.ts';
import type { SharingOptions } from './options.ts';

/** Of the service in every guest. */
const port = 80;

/** A guest that helps another service. */
export interface Helper {
  place: { address: string; port: number };
  created: CreatedGuest;
}

/** Services in guests of a trial, behind IPVS in the first of them. */
export interface Ground {
  front: Front;
  /** The first is the one that will be overloaded. */
  services: readonly (SharedService & { load: number })[];
  lender: Lender<Helper>;
}

/**
 * Makes the guests of a trial what they are here: a director, and a server of limited capacity for
 * each service.
 * @throws UserError if the guests cannot reach each other, or are not as many
 */
export async function prepareGround(scope: TrialScope): Promise<Ground> {
  const options = scope.scenario.measure.sharing as SharingOptions;
  const { forwarding } = scope.levels;
  const [first, ...servers] = scope.guests.map(({ guest }) => guest);
  if (first === undefined || servers.length < options.services.length) {
    throw new UserError({
      message: `expected ${options.services.length + 1} guests, a director and one for each service, got ${scope.guests.length}`,
      where: 'fixed.guests',
    });
  }
  const director = addressOf(first);
  const planned = options.services.map((service, index) => ({
    ...service,
    vip: bare(scope.address()),
    guest: servers[index] as Guest,
  }));
  const client = await ownAddress(scope.controller, director);
  await makeDirector(first.control, { addresses: planned.map(({ vip }) => vip), forwarding });
  const serve = async (guest: Guest, vip: string) =>
    makeRealServer(guest.control, {
      ...{ address: vip, director, clients: [client], forwarding },
    });
  const bound = (guest: Guest, capacity: number) => boundService(guest, capacity, options.backlog);
  await Promise.all(
    planned.map(async ({ guest, vip, capacity }) => {
      await serve(guest, vip);
      await bound(guest, capacity);
    }),
  );
  const named = (name: string) => {
    const found = planned.find((service) => service.name === name);
    if (found === undefined) throw new Error(`no service is called ${name}`);
    return found;
  };
  return {
    front: ipvsFront(first.control, { forwarding }),
    services: planned.map(({ name, vip, guest, capacity, load }) => ({
      ...{ id: name, capacity, load },
      place: { address: vip, port },
      server: { address: addressOf(guest), port },
    })),
    lender: {
      async start({ from, to }, capacity) {
        // In the capacity of the donor, which is on its host.
        const created = await scope.addGuest(named(from).guest.host);
        await serve(created.guest, named(to).vip);
        await bound(created.guest, capacity);
        return { created, place: { address: addressOf(created.guest), port } };
      },
      resize: ({ created }, capacity) => bound(created.guest, capacity),
      stop: ({ created }) => created.guest.destroy(),
      setOwnCapacity: (service, capacity) => bound(named(service).guest, capacity),
    },
  };
}

/** What has been told to services, so that nothing is told twice. */
const told = new WeakMap<Guest, number>();

/** Lets the service of a guest do so many requests a second; at least one. */
async function boundService(guest: Guest, capacity: number, backlog: number): Promise<void> {
  const rate = Math.max(1, Math.round(capacity));
  if (told.get(guest) === rate) return;
  const { code, stderr } = await guest.control.run(
    [
      ...(['vg-guest', 'bound', '--service', '/run/vg-service'] as const),
      ...['--rate', String(rate), '--backlog', String(Math.round(backlog * 1000))],
    ],
    { timeout: 60 },
  );
  if (code !== 0) throw new Error(`${guest.spec.name}: ${stderr.trim() || `code ${code}`}`);
  told.set(guest, rate);
}

function addressOf({ spec }: Guest): string {
  const { network } = spec;
  if (network.kind === 'bridge' && network.address !== undefined) return bare(network.address);
  throw new UserError({
    message:
      'expected guests that reach each other, with addresses on one bridge; these have a network each',
    remedy: 'Make hosts for them: npx virtgauge lab up, and --hosts lab.',
  });
}

function bare(address: string): string {
  return address.split('/')[0] ?? '';
}
