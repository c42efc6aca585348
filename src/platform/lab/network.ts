import type { Shell } from '../remote/shell.ts';
import type { LabBase } from './lab-plan.ts';
import { addressIn, controllerNumber } from './subnet.ts';

/** Makes a lab's switch, in a namespace of its own, and the controller's wire to it. */
export async function makeSwitch(shell: Shell, plan: LabBase): Promise<void> {
  const { switchNamespace, uplink, subnet } = plan;
  await ip(shell, [`netns add ${switchNamespace}`]);
  await ip(shell, [
    `link add ${uplink} type veth peer name uplink netns ${switchNamespace}`,
    `addr add ${addressIn(subnet, controllerNumber)}/24 dev ${uplink}`,
    `link set ${uplink} up`,
  ]);
  await ip(shell, [...bridge('switch'), 'link set uplink master switch up'], switchNamespace);
}

/** A bridge that forwards from the first moment on. */
export function bridge(name: string, address?: string): string[] {
  const own = address === undefined ? '' : ` address ${address}`;
  return [
    `link add ${name}${own} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${name} up`,
  ];
}

/**
 * Removes a lab's network, whatever of it there is.
 * @param namespaces of its hosts
 */
export async function removeNetwork(
  shell: Shell,
  { uplink, switchNamespace }: LabBase,
  namespaces: readonly string[],
): Promise<void> {
  const { stdout } = await shell.run(['ip', 'netns', 'list']);
  const there = new Set(stdout.split('\n').map((line) => line.split(' ')[0] ?? ''));
  const links = await shell.run(['ip', '-o', 'link', 'show', 'type', 'veth']);
  if (new RegExp(`\\b${uplink}[@:]`).test(links.stdout)) {
    await shell.run(['ip', 'link', 'del', uplink]);
  }
  await ip(
    shell,
    [switchNamespace, ...namespaces]
      .filter((name) => there.has(name))
      .map((name) => `netns del ${name}`),
  );
}

/** Runs lines of ip(8), those of one namespace together. */
export async function ip(
  shell: Shell,
  commands: readonly string[],
  namespace?: string,
): Promise<void> {
  if (commands.length === 0) return;
  const where = namespace === undefined ? [] : ['-n', namespace];
  await shell.run(['ip', ...where, '-batch', '-'], { input: commands.join('\n'), timeout: 30 });
}
