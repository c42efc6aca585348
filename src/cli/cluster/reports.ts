import type { Command } from 'commander';
import { formatBytes } from '../../base/units.ts';
import type { BodyOf, Kind } from '../../manager/wire/messages/kinds.ts';
import { decisionText, rate } from '../../manager/front/decisions.ts';
import { columns } from '../columns.ts';
import { whyUnasked } from './operate.ts';
import { asking, bodyJson, withOperator, type OperatorOptions } from './with-operator.ts';

type What = BodyOf<'query'>['what'];

/** `virtgauge cluster status|hosts|guests|services|operations` */
export function addReports(cluster: Command): void {
  add('status', 'how the cluster is', statusText);
  add('hosts', 'its hosts, and what is promised on them', hostsText);
  add('guests', 'its guests, and where they are', guestsText);
  add('services', 'the services that help each other, and who decided what', servicesText);
  add('operations', 'what was asked for lately, and what became of it', operationsText);

  function add<K extends What & Kind>(what: K, about: string, format: (body: BodyOf<K>) => string) {
    withOperator(cluster.command(what))
      .description(`show ${about}`)
      .action(async (options: OperatorOptions) => {
        await asking(options, async (master) => {
          const answer = await master.ask({ kind: 'query', what }, what);
          console.log(options.json ? bodyJson(answer) : format(answer));
        });
      });
  }
}

function statusText(status: BodyOf<'status'>): string {
  const { cluster, hosts, up, guests, running, pending, uptime, sealing } = status;
  return [
    `cluster    ${cluster}, messages protected by ${sealing}`,
    `master     up for ${uptime.toFixed(0)} s`,
    `hosts      ${up} of ${hosts} up`,
    `guests     ${running} of ${guests} running`,
    `operations ${pending} under way`,
  ].join('\n');
}

function hostsText({ hosts }: BodyOf<'hosts'>): string {
  if (hosts.length === 0) return 'no hosts; invite one: virtgauge cluster invite NAME';
  const rows = hosts.map((host) => [
    host.name,
    host.health,
    `${host.cpuUsed} of ${host.cpu}`,
    `${formatBytes(host.memoryUsed)} of ${formatBytes(host.memory)}`,
    `${formatBytes(host.diskUsed)} of ${formatBytes(host.disk)}`,
    String(host.guests),
    host.silent === undefined ? 'not yet' : `${host.silent.toFixed(1)} s ago`,
  ]);
  const notes = hosts.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  const head = ['host', 'health', 'vCPUs', 'memory', 'disk', 'guests', 'heard of'];
  return [...columns([head, ...rows]), ...notes].join('\n');
}

function guestsText({ guests }: BodyOf<'guests'>): string {
  if (guests.length === 0) return 'no guests; create one: virtgauge cluster create NAME';
  const rows = guests.map(({ name, state, host = '', vcpus, memory, disk, image }) => [
    ...[name, state, host, String(vcpus), formatBytes(memory), formatBytes(disk), image],
  ]);
  const head = ['guest', 'state', 'host', 'vCPUs', 'memory', 'disk', 'image'];
  return columns([head, ...rows]).join('\n');
}

function servicesText({ directors }: BodyOf<'services'>): string {
  if (directors.length === 0) {
    return 'no services; share some: virtgauge cluster share FILE --hosts INVENTORY';
  }
  return directors.map(directorText).join('\n\n');
}

function directorText(director: BodyOf<'services'>['directors'][number]): string {
  const { name, policy, silent, services, grants, decisions } = director;
  const lent = (of: 'from' | 'to', service: string) =>
    grants.reduce((sum, grant) => (grant[of] === service ? sum + grant.amount : sum), 0);
  const rows = services.map((service) => [
    ...[service.name, service.address, rate(service.demand), rate(service.capacity)],
    ...[rate(lent('from', service.name)), rate(lent('to', service.name))],
    service.servers.map(({ guest, address, weight }) => `${guest ?? address} ${weight}`).join(', '),
  ]);
  const head = ['service', 'address', 'asked', 'capacity', 'lends', 'borrows', 'servers, weights'];
  return [
    `director ${name}, ${policy}, heard of ${silent.toFixed(1)} s ago`,
    ...columns([head, ...rows]),
    ...decisions
      .slice(0, 10)
      .map((each) => `${new Date(each.at).toISOString()} ${decisionText(each)}`),
  ].join('\n');
}

function operationsText({ operations }: BodyOf<'operations'>): string {
  if (operations.length === 0) return 'no operations';
  const rows = operations.map((operation) => {
    const { id, action, guest, state, host = '', target, reason, result } = operation;
    const where = target === undefined ? host : `${host} → ${target}`;
    const outcome = [whyUnasked(operation), reason ?? result].filter((each) => each !== undefined);
    return [id, action, guest, state, where, outcome.join('; ')];
  });
  const head = ['operation', 'action', 'guest', 'state', 'host', 'outcome'];
  return columns([head, ...rows]).join('\n');
}
