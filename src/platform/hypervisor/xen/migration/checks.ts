import { posix } from 'node:path';
import { UserError, type Problem } from '../../../../base/errors.ts';
import { formatBytes } from '../../../../base/units.ts';
import type { Host } from '../../../remote/host.ts';
import { CommandError } from '../../../remote/shell.ts';
import { domainName } from '../domain/domain-name.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { scriptNames } from '../hotplug-scripts.ts';
import { parseInfo } from '../parse/info.ts';
import { xl, xlWords } from '../xl.ts';
import { loginTo } from './command.ts';
import { describeEnd, endOn } from './ends.ts';
import { usualLimits } from './limits.ts';
import { missingLogDirty } from './log-dirty.ts';

/** What Xen takes for a guest besides its memory: tables of its pages, and some. */
const overhead = (memory: number) => 4 * 2 ** 20 + memory / 64;

/**
 * Looks whether `xl migrate` can go from the guest's host to the target: what it would find out only
 * after it has sent the memory, or not at all.
 * @param spec the guest as it shall be on the target
 * @throws UserError with everything that stands in its way
 */
export async function expectPossible(guest: Guest, target: Host, spec: GuestSpec): Promise<void> {
  const { host: source } = guest;
  const limit = { timeout: usualLimits.answer };
  const [ours, theirs, left, sshProblems, deviceProblems, diskProblems] = await Promise.all([
    xl(source.shell, ['info'], limit),
    xl(target.shell, ['info'], limit),
    endOn(target.shell, domainName(spec), usualLimits.answer),
    missingLogin(source, target),
    missingDevices(target, spec),
    missingDisk(source, target, spec),
  ]);
  const [here, there] = [parseInfo(ours), parseInfo(theirs)];
  const problems: Problem[] = [...sshProblems, ...deviceProblems, ...diskProblems];
  if (here.version !== there.version) {
    problems.push({
      message: `expected the same Xen on both hosts, got ${here.version} on ${source.name} and ${there.version} on ${target.name}`,
      remedy: 'Install the same version on both.',
    });
  }
  problems.push(...missingLogDirty(spec.accelerator, here, source.name));
  if (!left.known || left.domains.length > 0) {
    const name = domainName(spec);
    problems.push({
      message: `expected no domain called ${name} on ${target.name}, it is ${describeEnd(left, name)} there`,
      remedy: `If it is of no use: xl destroy ${name}`,
    });
  }
  const needed = spec.memory + overhead(spec.memory);
  // Without dom0_mem the toolstack takes memory from dom0 when it needs some.
  const fixed = /^xen_commandline\s*:.*\bdom0_mem=/m.test(theirs);
  if (fixed && there.freeMemory !== undefined && there.freeMemory < needed) {
    problems.push({
      message: `memory: expected ${formatBytes(needed)} for the guest on ${target.name}, its Xen has ${formatBytes(there.freeMemory)}`,
      remedy: 'End other guests there, or use smaller ones (memory).',
    });
  }
  if (problems.length > 0) {
    throw new UserError(problems.map((problem) => ({ where: guest.spec.name, ...problem })));
  }
}

const bootId = '/proc/sys/kernel/random/boot_id';

/** The source must reach the target, and no other machine, as root without a question. */
async function missingLogin(source: Host, target: Host): Promise<Problem[]> {
  const { address, login } = target;
  const by = login === undefined ? `ssh root@${address}` : login[0];
  const expected = `expected that ${source.name} reaches ${target.name} by ${by}`;
  try {
    const [reached, meant] = await Promise.all([
      source.shell.run([...loginTo(target), `cat ${bootId}`], { timeout: 60 }),
      target.shell.readFile(bootId),
    ]);
    const who = reached.stdout.trim();
    if (who === meant.toString().trim()) return [];
    if (who.endsWith(`\n${meant.toString().trim()}`)) {
      return [
        {
          message: `${expected} and that nothing else is printed, the login there prints ${JSON.stringify(who.split('\n')[0])}`,
          remedy: `xl migrate takes it for the receiver's answer. Let the login's ~/.bashrc on ${target.name} print nothing without a terminal.`,
        },
      ];
    }
    if (who === '') {
      return [
        {
          message: `${expected}, the answer is empty`,
          remedy: `The login's shell on ${target.name} has to run what it is given: no forced command.`,
        },
      ];
    }
    return [
      {
        message: `${expected}, it reaches another machine`,
        remedy: 'Correct the address of the host in the inventory.',
      },
    ];
  } catch (error) {
    return [
      {
        message: `${expected}: ${sshWords(error)}`,
        remedy: `xl migrate goes from host to host by ssh. As root on ${source.name}, ssh root@${address} must work without a question: a key in authorized_keys there, the host's key in known_hosts here.`,
      },
    ];
  }
}

/** The last that ssh said, without what it always says. */
function sshWords(error: unknown): string {
  if (!(error instanceof CommandError)) return (error as Error).message;
  const said = error.stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(Transferred|Bytes per second|Authenticated to)/.test(line),
    );
  return said.at(-1) ?? error.message;
}

const look =
  '[ -d "/sys/class/net/$1/bridge" ] || echo bridge; shift; for each; do [ -x "$each" ] || echo "$each"; done';

/** What the target needs for the guest's devices. */
async function missingDevices(
  target: Host,
  { network, hotplugScripts }: GuestSpec,
): Promise<Problem[]> {
  if (network.kind !== 'bridge') return [];
  const scripts =
    hotplugScripts === undefined
      ? []
      : Object.values(scriptNames).map((name) => posix.join(hotplugScripts, name));
  const { stdout } = await target.shell.run(['sh', '-c', look, 'sh', network.bridge, ...scripts], {
    timeout: usualLimits.answer,
  });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((what) =>
      what === 'bridge'
        ? {
            message: `network: expected a bridge called ${network.bridge} on ${target.name}, found none`,
            remedy: `As root there: ip link add ${network.bridge} type bridge && ip link set ${network.bridge} up`,
          }
        : {
            message: `expected the hotplug script ${what} on ${target.name}, found none`,
            remedy: 'Install it there under the same path.',
          },
    );
}

/** A name that only one who sees the same directory can know. */
const leave = '[ -b "$1" ] && { echo device; exit; }; [ -f "$1" ] && mktemp -- "$1.vg-XXXXXXXX"';
const find = '[ -e "$2" ] && { [ "$1" = "$2" ] || [ -e "$1" ]; } && echo seen; true';

/** The target must see the disk, and the same one. */
async function missingDisk(source: Host, target: Host, { disk }: GuestSpec): Promise<Problem[]> {
  const { path } = disk;
  const limit = { timeout: usualLimits.answer };
  const left = await source.shell
    .run(['sh', '-c', leave, 'sh', path], limit)
    .then(({ stdout }) => stdout.trim())
    .catch((error: unknown) => {
      throw new Error(`the disk ${path} on ${source.name}: ${xlWords(error)}`, { cause: error });
    });
  const sign = left === 'device' ? path : left;
  try {
    const { stdout } = await target.shell.run(['sh', '-c', find, 'sh', path, sign], limit);
    if (stdout.trim() === 'seen') return [];
  } finally {
    if (sign !== path) await source.shell.run(['rm', '-f', '--', sign], limit);
  }
  return [
    {
      message: `expected that ${target.name} sees the disk ${path} of ${source.name}, it does not`,
      remedy: 'Put guests that move on a storage that both hosts have under the same path.',
    },
  ];
}
