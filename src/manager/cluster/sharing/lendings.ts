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
    this.#grants.push(grant);
    return grant;
  }

  /** Grants of services that are no more. */
  releaseUnknown(): Release[] {
    const known = ({ from, to }: Grant) => this.#accounts.has(from) && this.#accounts.has(to);
    return this.#reduce('unknown-service', (grant) => (known(grant) ? 0 : grant.amount));
  }

  /** Donors that are down take all back, those that are overloaded or lack something what they lack. */
  releaseDonors(): Release[] {
    const down = this.#reduce('donor-down', ({ from, amount }) =>
      this.#account(from).up ? 0 : amount,
    );
    const needed = this.#reduce('donor-needs-it', ({ from, amount }) => {
      const account = this.#account(from);
      const over = account.demand + account.lent - account.limit;
      return over > rounding(account) ? Math.min(amount, over) : 0;
    });
    return [...down, ...needed];
  }

  /** What services have borrowed beyond what they lack and their band. */
  releaseRelieved(): Release[] {
    return this.#reduce('relieved', ({ to, amount }) => {
      const account = this.#account(to);
      const kept = Math.max(0, account.demand - account.limit + account.band);
      const over = account.borrowed - kept;
      return over > rounding(account) ? Math.min(amount, over) : 0;
    });
  }

  /** Takes from the youngest grants first. @param part what of a grant goes back */
  #reduce(why: ReleaseReason, part: (grant: Grant) => number): Release[] {
    const releases: Release[] = [];
    const kept: Grant[] = [];
    for (const grant of this.#grants.toReversed()) {
      const amount = part(grant);
      if (amount > 0) {
        this.#book(grant, -amount);
        releases.push({ ...grant, amount, why });
      }
      if (amount < grant.amount) {
        kept.push(amount > 0 ? { ...grant, amount: grant.amount - amount } : grant);
      }
    }
    if (releases.length > 0) {
      this.#grants = kept.reverse();
      this.#settle();
    }
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
