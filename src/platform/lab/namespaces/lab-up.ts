import { localShell } from '../../remote/local.ts';
import type { Shell } from '../../remote/shell.ts';
import { allSettled } from '../all-settled.ts';
import { makeKeys } from '../keys.ts';
import type { NamespacesRecord } from '../lab-record.ts';
import { limitLink } from '../link-rate.ts';
import { makeLab, type Lab } from '../make-lab.ts';
import { makeHostFolder, startHost } from './host.ts';
import { labInventoryText } from './inventory.ts';
import { startLibvirt } from './libvirt.ts';
import { limitDisk } from './limits.ts';
import { makeNetwork } from './network.ts';
import { planLab, type LabPlan } from './plan.ts';
import { checkRequest, type LabRequest } from './request.ts';
import { requireLab } from './requirements.ts';
import { makeSharedDirectory, startMooseFs } from './shared.ts';

/**
 * Makes a lab of hosts that are namespaces of this machine; it stays until `labDown`.
 * @throws UserError if it cannot be made here, or one of this name exists; nothing is left then
 */
export async function labUp(request: LabRequest): Promise<Lab> {
  checkRequest(request);
  await requireLab(localShell, request);
  return makeLab<NamespacesRecord>(request, {
    plan: ({ maker, startedAt, ...draw }) =>
      recordOf(request, planLab({ ...draw, hosts: request.namespaces }), { maker, startedAt }),
    makeNetwork,
    makeHosts: (shell, plan) => makeHosts(shell, plan, request),
    inventory: (plan) => labInventoryText(plan, request),
  });
}

function recordOf(
  { shared, libvirt = false, linkRate, diskRate }: LabRequest,
  plan: LabPlan,
  made: Pick<NamespacesRecord, 'maker' | 'startedAt'>,
): NamespacesRecord {
  return {
    ...{ kind: 'namespaces', ...plan, ...made, libvirt },
    ...(shared && { shared }),
    ...(linkRate !== undefined && { linkRate }),
    ...(diskRate !== undefined && { diskRate }),
  };
}

async function makeHosts(
  shell: Shell,
  plan: LabPlan,
  { cache, shared, libvirt, linkRate, diskRate, signal }: LabRequest,
): Promise<void> {
  if (shared === 'directory') makeSharedDirectory(plan);
  for (const host of plan.hosts) makeHostFolder(plan, host);
  await makeKeys(shell, plan);
  await allSettled(
    plan.hosts.map(async (host) => {
      signal?.throwIfAborted();
      const group =
        diskRate === undefined ? undefined : await limitDisk(shell, plan, host, diskRate);
      await startHost(shell, plan, host, [cache], group, signal);
      if (linkRate === undefined) return;
      const inSwitch = { namespace: plan.switchNamespace, name: host.port };
      await limitLink(shell, [{ namespace: host.namespace, name: 'eth0' }, inSwitch], linkRate);
    }),
  );
  if (shared === 'moosefs') await startMooseFs(shell, plan, signal);
  if (libvirt) await startLibvirt(shell, plan, signal);
}
