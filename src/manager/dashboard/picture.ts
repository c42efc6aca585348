import { askWhole } from '../wire/messages/ask-whole.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import type { Refused } from '../wire/channel/audit.ts';

/** What the dashboard asks, as an operator would. */
export interface DashboardSource {
  /** @throws Refusal that says why not */
  ask(body: Body): Promise<Body>;
  /** The last refusals, latest first. */
  refusals(): readonly Refused[];
  /** Milliseconds since 1970. */
  now(): number;
}

/** Everything that the dashboard shows, at one moment. */
export interface Picture {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: BodyOf<'status'>;
  readonly hosts: BodyOf<'hosts'>['hosts'];
  readonly guests: BodyOf<'guests'>['guests'];
  readonly directors: BodyOf<'services'>['directors'];
  /** In the order in which they were accepted. */
  readonly operations: BodyOf<'operations'>['operations'];
  readonly refusals: readonly Refused[];
}

/** @throws Refusal if the master does not answer now */
export async function takePicture(source: DashboardSource): Promise<Picture> {
  async function query<K extends BodyOf<'query'>['what']>(what: K): Promise<BodyOf<K>> {
    const answer = await askWhole((body) => source.ask(body), { kind: 'query', what });
    if (answer.kind !== what) throw new Error(`expected ${what}, got ${answer.kind}`);
    return answer as BodyOf<K>;
  }
  const [status, { hosts }, { guests }, { directors }, { operations }] = [
    await query('status'),
    await query('hosts'),
    await query('guests'),
    await query('services'),
    await query('operations'),
  ];
  const refusals = source.refusals();
  return { at: source.now(), status, hosts, guests, directors, operations, refusals };
}
