import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import { markEnvironment } from '../../ledger/kinds/marked-processes.ts';
import { livingProcess } from '../../ledger/living-process.ts';
import { localShell } from '../../remote/local.ts';
import type { NamespacesRecord } from '../lab-record.ts';
import { markedShell } from '../marked-shell.ts';
import { hostPid, startHost } from './host.ts';
import type { LabHost } from './plan.ts';

/** Seconds for all processes of a host to be gone. */
const patience = 30;

/**
 * Takes a host away at once: SIGKILL to its first process, with which all others end. What it had
 * written stays, since it is this machine's kernel that holds it: no power cut for disks.
 * @throws UserError if the lab has no such host; Error if something of it goes on
 */
export async function killHost(lab: NamespacesRecord, name: string): Promise<void> {
  const first = firstProcess(lab, hostOf(lab, name));
  if (first === undefined) return;
  const { pid, start } = first;
  process.kill(pid, 'SIGKILL');
  const deadline = performance.now() + patience * 1000;
  // It ends after all others in its namespace.
  while (livingProcess(pid)?.start === start) {
    if (performance.now() > deadline) {
      throw new Error(`processes of host ${name} are there ${patience} s after they were killed`);
    }
    await sleep(5);
  }
}

/**
 * Starts a host that was killed, with the disk and the address that it had; resolves when its sshd
 * listens. One that runs is left as it is.
 * @param kept paths of this machine that the host sees as they are
 * @throws UserError with what it said, or if the lab is of a kind whose hosts do not come back
 */
export async function startHostAgain(
  lab: NamespacesRecord,
  name: string,
  kept: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  requireRestartable(lab);
  const host = hostOf(lab, name);
  if (firstProcess(lab, host) !== undefined) return;
  for (const file of ['ready', 'failed', 'pid']) await rm(join(host.folder, file), { force: true });
  await startHost(markedShell(localShell, lab.mark), lab, host, kept, undefined, signal);
}

/** @throws UserError if what its hosts run besides sshd would not be there again */
export function requireRestartable({ name, shared, libvirt, diskRate }: NamespacesRecord): void {
  const more = [
    ...(shared === 'moosefs' ? ['MooseFS'] : []),
    ...(libvirt ? ['libvirt'] : []),
    ...(diskRate === undefined ? [] : ['a capped disk']),
  ];
  if (more.length === 0) return;
  throw new UserError({
    message: `lab ${name}: expected hosts that can be killed and started again, these have ${more.join(' and ')}`,
    remedy: 'Make another: virtgauge lab up --namespaces 3 --shared directory',
  });
}

/** Undefined if it does not run; another process may have its number by now. */
function firstProcess(lab: NamespacesRecord, host: LabHost) {
  try {
    const pid = hostPid(host);
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const [[name, mark] = []] = Object.entries(markEnvironment(lab.mark));
    if (!variables.includes(`${name}=${mark}`)) return undefined;
    const living = livingProcess(pid);
    return living && { pid, start: living.start };
  } catch {
    return undefined;
  }
}

function hostOf(lab: NamespacesRecord, name: string): LabHost {
  const found = lab.hosts.find((host) => host.name === name);
  if (found !== undefined) return found;
  throw new UserError({ message: `lab ${lab.name}: expected a host called ${name}, it has none` });
}
