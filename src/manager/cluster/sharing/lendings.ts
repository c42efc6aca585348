import { byId } from './policies/by-id.ts';
import type {
  Donor,
  Grant,
  Lack,
  Release,
  ReleaseReason,
  SharingRules,
  SharingService,
  SharingState,
} from './model.ts';

/** Amounts below this share of a capacity are rounding. */
const dust = 1e-9;

interface Account extends SharingService {
  /** θ times what it can do. */
  readonly limit: number;
  /** How much more than it lacks it may keep. */
  readonly band: number;
  lent: number;
  borrowed: number;
}

/** Who has lent what, while a decision is made. */
export class Lendings {
  readonly #accounts: ReadonlyMap<string, Account>;
  #grants: Grant[];

  constructor({ services, grants }: SharingState, { threshold, hysteresis }: SharingRules) {
    this.#accounts = new Map(
      services.map((service) => [
        service.id,
        {
          ...service,
          limit: service.up ? threshold * service.capacity : 0,
          band: hysteresis * service.capacity,
          lent: 0,
          borrowed: 0,
        },
      ]),
    );
    this.#grants = [...grants];
    for (const grant of grants) this.#book(grant, grant.amount);
  }

  all(): readonly Grant[] {
    return this.#grants;
  }

  /** What every service lacks, the largest first. */
  deficits(): Lack[] {
    const lacks = [...this.#accounts.values()].flatMap((account) => {
      const amount = account.demand - account.limit - account.borrowed;
      return amount > rounding(account) ? [{ service: account.id, amount }] : [];
    });
    return lacks.sort((a, b) => b.amount - a.amount || byId({ id: a.service }, { id: b.service }));
  }

  /** Services that are up, not overloaded, borrow nothing and have something to spare. */
  donors(): Donor[] {
    const found: Donor[] = [];
    for (const account of this.#accounts.values()) {
      const { id, capacity, up, borrowed } = account;
      const load = account.demand + account.lent;
      const spare = account.limit - load;
      if (up && borrowed === 0 && spare > rounding(account)) {
        found.push({ id, capacity, load, spare });
      }
    }
    return found;
  }

  grant(from: string, to: string, amount: number): Grant {
    const grant = { from, to, amount };
    this.#book(grant, amount);
    // One entry for two services, or the list would grow with every swing of the load.
    const older = this.#grants.findIndex((one) => one.from === from && one.to === to);
    const before = older < 0 ? 0 : (this.#grants.splice(older, 1)[0]?.amount ?? 0);
    this.#grants.push({ from, to, amount: before + amount });
    return grant;
  }

  /** Grants of services that are no more. */
  releaseUnknown(): Release[] {
    const known = ({ from, to }: Grant) => this.#accounts.has(from) && this.#accounts.has(to);
    if (this.#grants.every(known)) return [];
    return this.#reduce('unknown-service', (grant) => (known(grant) ? 0 : grant.amount));
  }

  /** Donors that are down take all back, those that are overloaded or lack something what they lack. */
  releaseDonors(): Release[] {
    const over = ({ demand, lent, limit }: Account) => demand + lent - limit;
    const down = this.#where(({ up, lent }) => !up && lent > 0);
    const released = this.#reduceOf(down, 'donor-down', 'from', () => Infinity);
    const needy = this.#where((account) => account.lent > 0 && over(account) > rounding(account));
    return [...released, ...this.#reduceOf(needy, 'donor-needs-it', 'from', over)];
  }

  /** What services have borrowed beyond what they lack and their band. */
  releaseRelieved(): Release[] {
    const over = ({ demand, limit, band, borrowed }: Account) =>
      borrowed - Math.max(0, demand - limit + band);
    const relieved = this.#where(
      (account) => account.borrowed > 0 && over(account) > rounding(account),
    );
    return this.#reduceOf(relieved, 'relieved', 'to', over);
  }

  #where(condition: (account: Account) => boolean): ReadonlySet<string> {
    const found = new Set<string>();
    for (const account of this.#accounts.values()) if (condition(account)) found.add(account.id);
    return found;
  }

  /** Takes from the grants of these services until nothing is over. Most decisions have none. */
  #reduceOf(
    services: ReadonlySet<string>,
    why: ReleaseReason,
    side: 'from' | 'to',
    over: (account: Account) => number,
  ): Release[] {
    if (services.size === 0) return [];
    return this.#reduce(why, (grant) => {
      if (!services.has(grant[side])) return 0;
      const account = this.#account(grant[side]);
      const amount = over(account);
      return amount > rounding(account) ? Math.min(grant.amount, amount) : 0;
    });
  }

  /** Takes from the youngest grants first. @param part what of a grant goes back */
  #reduce(why: ReleaseReason, part: (grant: Grant) => number): Release[] {
    const releases: Release[] = [];
    const kept: Grant[] = [];
    for (const grant of this.#grants.toReversed()) {
      const asked = part(grant);
      // What would be left is the rounding of the subtraction: it would be taken back once more.
      const amount = grant.amount - asked <= dust * grant.amount ? grant.amount : asked;
      if (amount > 0) {
        this.#book(grant, -amount);
        releases.push({ ...grant, amount, why });
      }
      if (amount < grant.amount) {
        kept.push(amount > 0 ? { ...grant, amount: grant.amount - amount } : grant);
      }
    }
    this.#grants = kept.reverse();
    if (releases.length > 0) this.#settle();
    return releases;
  }

  #book({ from, to }: Grant, amount: number): void {
    const donor = this.#accounts.get(from);
    const receiver = this.#accounts.get(to);
    if (donor) donor.lent += amount;
    if (receiver) receiver.borrowed += amount;
  }

  /** Sums anew what was lent: subtracting leaves the rounding of all that went before. */
  #settle(): void {
    for (const account of this.#accounts.values()) account.lent = account.borrowed = 0;
    for (const grant of this.#grants) this.#book(grant, grant.amount);
  }

  #account(id: string): Account {
    return this.#accounts.get(id) as Account;
  }
}

function rounding({ capacity, demand }: SharingService): number {
  return dust * Math.max(capacity, demand);
}
