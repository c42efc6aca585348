import type { Shell } from '../../remote/shell.ts';
import { hardwareAddress } from '../lab-plan.ts';
import { bridge, ip, makeSwitch } from '../network.ts';
import type { LabPlan } from './plan.ts';

/** Makes the lab's network: the switch, a namespace for each host with a bridge `br0`, and wires. */
export async function makeNetwork(shell: Shell, plan: LabPlan): Promise<void> {
  const { switchNamespace, hosts } = plan;
  await makeSwitch(shell, plan);
  await ip(
    shell,
    hosts.map(({ namespace }) => `netns add ${namespace}`),
  );
  await ip(
    shell,
    hosts.map(
      ({ port, namespace }) =>
        `link add ${port} netns ${switchNamespace} type veth peer name eth0 netns ${namespace}`,
    ),
  );
  await Promise.all([
    ip(
      shell,
      hosts.map(({ port }) => `link set ${port} master switch up`),
      switchNamespace,
    ),
    ...hosts.map(({ namespace, address }, index) =>
      ip(
        shell,
        [
          'link set lo up',
          // Without an address of its own, a bridge takes the least of its ports: a guest that comes
          // or goes would change the host's.
          ...bridge('br0', hardwareAddress(plan, index + 1)),
          'link set eth0 master br0 up',
          `addr add ${address}/24 dev br0`,
        ],
        namespace,
      ),
    ),
  ]);
}
