import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { own } from '../master/records.ts';
import type { MasterEntry, MasterState, OperationRecord } from '../master/state.ts';
import { takePicture, type DashboardSource, type Picture } from './picture.ts';
import { lentBy } from './sections/services.ts';

const prefix = 'virtgauge_cluster_';

/** Seconds; from what an answer takes to what moving a large guest takes. */
const answerBuckets = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const operationBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];

/** What a host is told of by: name, help, and where it is in the picture. */
const ofHosts: readonly [string, string, (host: Picture['hosts'][number]) => number | undefined][] =
  [
    [
      'up',
      'Whether the host is heard of (1) or not (0).',
      ({ health }) => Number(health === 'up' || health === 'draining'),
    ],
    ['vcpus', 'vCPUs that guests may take.', ({ cpu }) => cpu],
    ['promised_vcpus', 'vCPUs that are promised to guests.', ({ cpuUsed }) => cpuUsed],
    ['memory_bytes', 'Memory that guests may take.', ({ memory }) => memory],
    ['promised_memory_bytes', 'Memory promised to guests.', ({ memoryUsed }) => memoryUsed],
    ['disk_bytes', 'Disk that guests may take.', ({ disk }) => disk],
    ['promised_disk_bytes', 'Disk promised to guests.', ({ diskUsed }) => diskUsed],
    ['guests', 'Guests that belong on the host.', ({ guests }) => guests],
    ['load1', 'Processes that want to run, averaged over a minute.', ({ load }) => load],
    ['free_memory_bytes', 'Memory that is free for new processes.', ({ memoryFree }) => memoryFree],
    ['silence_seconds', 'Time since the last heartbeat.', ({ silent }) => silent],
  ];

type Director = Picture['directors'][number];

/** What a service is told of by: name, help, and where it is in the picture. */
const ofServices: readonly [
  string,
  string,
  (service: Director['services'][number], director: Director) => number,
][] = [
  [
    'capacity_requests_per_second',
    'Requests a second that its own server can do.',
    (each) => each.capacity,
  ],
  ['demand_requests_per_second', 'Requests a second that it is asked for.', (each) => each.demand],
  ['servers', 'Servers behind the director.', (each) => each.servers.length],
  [
    'lent_requests_per_second',
    'Requests a second that it lends to others.',
    ({ name }, director) => lentBy(director, name).lends,
  ],
  [
    'borrowed_requests_per_second',
    'Requests a second that others lend to it.',
    ({ name }, director) => lentBy(director, name).borrows,
  ],
];

/** What Prometheus is told of a master; names as its guide has them, amounts in base units. */
export class MasterMetrics {
  readonly #registry = new Registry();
  readonly #source: DashboardSource;
  readonly #accepted: Counter;
  readonly #ended: Counter;
  readonly #durations: Histogram;
  readonly #answers: Histogram;
  readonly #refusals: Counter;
  readonly #counts: Record<'hosts' | 'guests' | 'operations_pending' | 'info', Gauge>;
  readonly #services: readonly (readonly [Gauge, (typeof ofServices)[number][2]])[];
  readonly #weights: Gauge;
  readonly #silence: Gauge;
  readonly #hosts: readonly (readonly [Gauge, (typeof ofHosts)[number][2]])[];

  constructor(source: DashboardSource) {
    this.#source = source;
    const registers = [this.#registry];
    const named = (name: string, help: string, ...labelNames: string[]) => ({
      ...{ name: prefix + name, help, labelNames, registers },
    });
    this.#accepted = new Counter(
      named('operations_accepted_total', 'Operations that were accepted.', 'action'),
    );
    this.#ended = new Counter(
      named('operations_ended_total', 'Operations that are over.', 'action', 'outcome'),
    );
    this.#durations = new Histogram({
      ...named('operation_duration_seconds', 'From accepted to done or undone.', 'action'),
      buckets: operationBuckets,
    });
    this.#answers = new Histogram({
      ...named('answer_duration_seconds', 'What answering a message took.', 'kind'),
      buckets: answerBuckets,
    });
    this.#refusals = new Counter(
      named('refusals_total', 'What came over the wire and was refused.', 'reason'),
    );
    this.#counts = {
      hosts: new Gauge(named('hosts', 'Hosts that have joined.', 'state')),
      guests: new Gauge(named('guests', 'Guests of the cluster.', 'state')),
      operations_pending: new Gauge(named('operations_pending', 'Operations under way.')),
      info: new Gauge(named('info', 'Which cluster this is.', 'cluster', 'sealing')),
    };
    this.#hosts = ofHosts.map(([name, help, value]) => [
      new Gauge(named(`host_${name}`, help, 'host')),
      value,
    ]);
    this.#services = ofServices.map(([name, help, value]) => [
      new Gauge(named(`service_${name}`, help, 'service', 'director')),
      value,
    ]);
    this.#weights = new Gauge(
      named('service_server_weight', 'Weight of a server.', 'service', 'director', 'server'),
    );
    this.#silence = new Gauge(
      named('director_silence_seconds', 'Time since it was last told of.', 'director'),
    );
    collectDefaultMetrics({ register: this.#registry });
  }

  /** An entry that is in the state by now. */
  recorded(entry: MasterEntry, state: MasterState): void {
    for (const { action } of begunBy(entry)) this.#accepted.inc({ action });
    if (entry.kind !== 'advanced') return;
    const operation = own(state.operations, entry.id);
    if (operation === undefined || operation.ended === undefined) return;
    const { action, state: outcome, since, ended } = operation;
    this.#ended.inc({ action, outcome });
    if (since !== undefined) this.#durations.observe({ action }, (ended - since) / 1000);
  }

  refused(reason: string): void {
    this.#refusals.inc({ reason });
  }

  /** @param seconds that answering a message of this kind took */
  answered(kind: string, seconds: number): void {
    this.#answers.observe({ kind }, seconds);
  }

  /** @throws Refusal if the master does not answer now */
  async text(): Promise<{ type: string; text: string }> {
    this.#show(await takePicture(this.#source));
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #show(picture: Picture): void {
    const { status, hosts, guests } = picture;
    const { cluster, sealing, pending } = status;
    for (const gauge of Object.values(this.#counts)) gauge.reset();
    this.#counts.info.set({ cluster, sealing }, 1);
    this.#counts.operations_pending.set(pending);
    for (const { health } of hosts) this.#counts.hosts.inc({ state: health });
    for (const { state } of guests) this.#counts.guests.inc({ state });
    this.#showServices(picture.directors);
    for (const [gauge, valueOf] of this.#hosts) {
      gauge.reset();
      for (const host of hosts) {
        const value = valueOf(host);
        if (value !== undefined) gauge.set({ host: host.name }, value);
      }
    }
  }

  #showServices(directors: readonly Director[]): void {
    const weights = this.#weights;
    for (const gauge of [weights, this.#silence, ...this.#services.map(([each]) => each)]) {
      gauge.reset();
    }
    for (const director of directors) {
      this.#silence.set({ director: director.name }, director.silent);
      for (const each of director.services) {
        const labels = { service: each.name, director: director.name };
        for (const [gauge, valueOf] of this.#services) gauge.set(labels, valueOf(each, director));
        for (const { address, guest, weight } of each.servers) {
          weights.set({ ...labels, server: guest ?? address }, weight);
        }
      }
    }
  }
}

/** Operations that begin with this entry: asked for, or decided by the master. */
function begunBy(entry: MasterEntry): readonly OperationRecord[] {
  if (entry.kind === 'accepted') return [entry.operation];
  return entry.kind === 'arranged' || entry.kind === 'failover' ? entry.operations : [];
}
