import type { Shell } from '../../remote/shell.ts';
import { addressIn, controllerNumber, type LabPlan } from './plan.ts';

/** Makes the lab's network: a switch, a namespace for each host with a bridge `br0`, and wires. */
export async function makeNetwork(shell: Shell, plan: LabPlan): Promise<void> {
  const { switchNamespace, uplink, hosts, subnet } = plan;
  const namespaces = [switchNamespace, ...hosts.map(({ namespace }) => namespace)];
  await ip(
    shell,
    namespaces.map((name) => `netns add ${name}`),
  );
  await ip(shell, [
    `link add ${uplink} type veth peer name uplink netns ${switchNamespace}`,
    ...hosts.map(
      ({ port, namespace }) =>
        `link add ${port} netns ${switchNamespace} type veth peer name eth0 netns ${namespace}`,
    ),
    `addr add ${addressIn(subnet, controllerNumber)}/24 dev ${uplink}`,
    `link set ${uplink} up`,
  ]);
  await Promise.all([
    ip(
      shell,
      [
        ...bridge('switch'),
        ...['uplink', ...hosts.map(({ port }) => port)].map(
          (port) => `link set ${port} master switch up`,
        ),
      ],
      switchNamespace,
    ),
    ...hosts.map(({ namespace, address }, index) =>
      ip(
        shell,
        [
          'link set lo up',
          ...bridge('br0', hardwareAddress(plan, index)),
          'link set eth0 master br0 up',
          `addr add ${address}/24 dev br0`,
        ],
        namespace,
      ),
    ),
  ]);
}

/**
 * Without one of its own, a bridge takes the least address of its ports: a guest that comes or goes
 * would change the host's.
 */
function hardwareAddress({ token }: LabPlan, index: number): string {
  const ours = token.slice(0, 8).match(/../g) ?? [];
  return ['02', ...ours, (index + 1).toString(16).padStart(2, '0')].join(':');
}

/** A bridge that forwards from the first moment on. */
function bridge(name: string, address?: string): string[] {
  const own = address === undefined ? '' : ` address ${address}`;
  return [
    `link add ${name}${own} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${name} up`,
  ];
}

/** Removes what `makeNetwork` has made, whatever of it there is. */
export async function removeNetwork(shell: Shell, plan: LabPlan): Promise<void> {
  const { stdout } = await shell.run(['ip', 'netns', 'list']);
  const there = new Set(stdout.split('\n').map((line) => line.split(' ')[0] ?? ''));
  const links = await shell.run(['ip', '-o', 'link', 'show', 'type', 'veth']);
  if (new RegExp(`\\b${plan.uplink}[@:]`).test(links.stdout)) {
    await shell.run(['ip', 'link', 'del', plan.uplink]);
  }
  const ours = [plan.switchNamespace, ...plan.hosts.map(({ namespace }) => namespace)];
  await ip(
    shell,
    ours.filter((name) => there.has(name)).map((name) => `netns del ${name}`),
  );
}

async function ip(shell: Shell, commands: readonly string[], namespace?: string): Promise<void> {
  if (commands.length === 0) return;
  const where = namespace === undefined ? [] : ['-n', namespace];
  await shell.run(['ip', ...where, '-batch', '-'], { input: commands.join('\n'), timeout: 30 });
}
