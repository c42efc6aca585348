import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import { packageRoot } from '../../../base/package-root.ts';
import type { Argv, Output, RunOptions, Shell } from '../../remote/shell.ts';
import { startDetached } from '../start-detached.ts';
import type { LabHost, LabPlan } from './plan.ts';

/** A script that makes a host or runs inside one. */
function labScript(name: string): string {
  return join(packageRoot, 'src/platform/lab/namespaces', name);
}

const secondsToStart = 20;

/** Files of one host: its disk, its keys' place, the names of all hosts. */
export function makeHostFolder(plan: LabPlan, host: LabHost): void {
  mkdirSync(join(host.folder, 'local'), { recursive: true });
  const names = plan.hosts.map(({ address, name }) => `${address} ${name}`);
  writeFileSync(
    join(host.folder, 'hosts'),
    ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...names, ''].join('\n'),
  );
  writeFileSync(join(host.folder, 'sshd_config'), sshdConfig(plan, host));
}

function sshdConfig(plan: LabPlan, host: LabHost): string {
  return [
    `ListenAddress ${host.address}`,
    `HostKey ${join(host.folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(plan.folder, 'keys', 'id.pub')}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'PidFile none',
    'MaxSessions 100',
    'MaxStartups 100',
    'LogLevel ERROR',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/**
 * Starts a host in namespaces of its own; resolves when its sshd listens.
 * @param shell marks what it starts as the lab's
 * @param kept paths of this machine that the host sees as they are
 * @param group file of a control group that the host joins, as `limitDisk` gives it
 * @returns its first process, as this machine counts
 * @throws UserError with what it said
 */
export async function startHost(
  shell: Shell,
  plan: LabPlan,
  host: LabHost,
  kept: readonly string[],
  group: string | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const log = join(host.folder, 'init.log');
  const own = [packageRoot, dirname(process.execPath)].join(':');
  const init = ['bash', labScript('host-init.sh'), host.name, host.folder];
  const unshare = ['unshare', '-m', '-u', '-i', '-p', '--fork', '--kill-child=KILL', ...init];
  const config = join(host.folder, 'sshd_config');
  const enter: Argv = ['nsenter', `--net=/run/netns/${host.namespace}`];
  await startDetached(shell, [...enter, ...unshare, config, plan.folder, ...kept], log, {
    timeout: secondsToStart,
    env: { LAB_OWN: own, ...(group !== undefined && { LAB_GROUP: group }) },
  });
  const deadline = performance.now() + secondsToStart * 1000;
  while (!existsSync(join(host.folder, 'ready'))) {
    signal?.throwIfAborted();
    const said = readFileSync(log, 'utf8').trim();
    // Other programs also say what does not keep them from working.
    const failed =
      existsSync(join(host.folder, 'failed')) || /^(setsid|nsenter|unshare|bash): /.test(said);
    if (failed || performance.now() > deadline) {
      throw new UserError({
        where: `host ${host.name}`,
        message: `expected namespaces with a root of their own, and sshd in them, within ${secondsToStart} s; got: ${said || 'nothing'}`,
        remedy: 'In a container: it must be allowed to mount (privileged, or CAP_SYS_ADMIN).',
      });
    }
    await sleep(5);
  }
  return hostPid(host);
}

/** The first process of a host, as this machine counts. */
export function hostPid(host: LabHost): number {
  return Number(readFileSync(join(host.folder, 'pid'), 'utf8'));
}

/** Runs a program inside a host, without ssh. */
export function runInHost(
  shell: Shell,
  host: LabHost,
  argv: Argv,
  signal?: AbortSignal,
): Promise<Output> {
  const enter: Argv = [
    'nsenter',
    '-t',
    String(hostPid(host)),
    '-m',
    '-u',
    '-i',
    '-n',
    '-p',
    '-r',
    '-w',
  ];
  const options: RunOptions = { timeout: 60, ...(signal && { signal }) };
  return shell.run([...enter, ...argv], options);
}

/**
 * Runs one of our scripts inside a host. The host gets its text: it need not see the folder in which
 * virtgauge is installed.
 */
export function runScriptInHost(
  shell: Shell,
  host: LabHost,
  [name, ...args]: Argv,
  signal?: AbortSignal,
): Promise<Output> {
  const text = readFileSync(labScript(name), 'utf8');
  return runInHost(shell, host, ['bash', '--norc', '-c', text, name, ...args], signal);
}
