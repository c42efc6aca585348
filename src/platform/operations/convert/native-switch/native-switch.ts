import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { UserError } from '../../../../base/errors.ts';
import { isHostsOwn } from '../../../hypervisor/qemu/migration/compatibility.ts';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import { randomToken } from '../../../ledger/ledger.ts';
import { processesOf } from '../../../ledger/owned-directory-on.ts';
import type { ConversionBoundary, ConversionTarget, OnConversionEvent } from '../conversion.ts';
import type { ConversionRequest } from '../request.ts';
import { stageMachine, unstageMachine, type StagedMachine } from '../stage-machine.ts';
import { enterVmm, type SwitchedMachine } from './enter.ts';
import { switchSpecs, targetFiles, vmmGuest, type SwitchSpecs } from './guest.ts';
import type { MoveResult, MoveSettings } from './move.ts';
import { moveOrStandBy } from './move-or-stand-by.ts';
import { ownKernel, type OwnKernel } from './own-kernel.ts';

const gzipped = promisify(gzip);

/** A machine that only waits to be cut over. */
export interface PreparedSwitch extends StagedMachine {
  specs: SwitchSpecs;
}

/**
 * A whole native switch: prepare, the first outage, the mirror, the second outage. What fails before
 * the cut-over leaves the source as it was; what fails after it leaves it as `survivor` says.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export async function nativeSwitch(
  request: ConversionRequest,
  settings: MoveSettings,
  signal: AbortSignal,
  onEvent: OnConversionEvent = () => undefined,
): Promise<MoveResult & { machine?: SwitchedMachine }> {
  const { source } = request;
  const tell = (event: ConversionBoundary) => onEvent({ at: source.clock.now(), event });
  tell('requested');
  const prepared = await prepareSwitch(request);
  tell('staged');
  if (signal.aborted) {
    await unstageMachine(request, prepared);
    return { state: 'failed', reason: 'it was interrupted', survivor: 'source' };
  }
  let machine: SwitchedMachine;
  try {
    machine = await enterVmm(
      source,
      request.facts,
      { staged: prepared.staged, spec: prepared.specs.source, entry: prepared.access.entry },
      onEvent,
      signal,
    );
  } catch (error) {
    const reason = whyNotEntered(error, signal);
    return { state: 'failed', reason, survivor: 'undecided' };
  }
  const { specs, path, access } = prepared;
  const { target, work, ledger, verify } = request;
  const begun = {
    ...{ target, spec: specs.target, path, source: source.entry, settings, work, ledger },
    rescue: verify ? access.entry : undefined,
  };
  return { ...(await moveOrStandBy(machine, begun, signal, onEvent)), machine };
}

/** Why a machine that was cut over did not come up as a guest. */
export function whyNotEntered(error: unknown, { aborted }: AbortSignal): string {
  if (aborted) return 'it was interrupted in its first outage: the machine goes on by itself';
  return (error as Error).message;
}

/**
 * Brings everything to source and target while the service runs, and loads the VMM.
 * @throws UserError if the machine or the target cannot do it; the source is as before then
 */
export async function prepareSwitch(
  request: ConversionRequest,
  method: 'native-switch' | 'warm-switch' = 'native-switch',
): Promise<PreparedSwitch> {
  const { source, facts, target, work, ledger } = request;
  expectSwitchable(request);
  await expectSameQemu(request);
  const mark = randomToken();
  const specs = switchSpecs({
    ...{ name: source.name, facts, target, environment: markEnvironment(mark) },
    consoleLogs: { source: join(work, 'source.console'), target: join(work, 'target.console') },
  });
  await mkdir(work, { recursive: true, mode: 0o700 });
  ledger.enter(processesOf(target.host, mark));
  const own = await ownKernel(source.shell, facts, work);
  await prepareTarget(target, facts.disks[0].bytes, own);
  const guest = vmmGuest(specs.source, own, { marked: method === 'warm-switch' });
  const machine = await stageMachine(request, {
    ...{ method, mode: 'switch', byKexec: true, guest, specs },
  });
  return { specs, ...machine };
}

function expectSwitchable({ source, facts, vmmAddress }: ConversionRequest): void {
  const where = source.name;
  const remedy = 'See which methods can: virtgauge p2v plan.';
  if (facts.disks.length > 1) {
    const paths = facts.disks.map(({ path }) => path).join(', ');
    const message = `expected a machine with one disk for a native switch, got ${paths}`;
    throw new UserError({ where, message, remedy });
  }
  if (vmmAddress.split('/')[0] === facts.address.split('/')[0]) {
    throw new UserError({
      where,
      message: `expected an address of its own for the VMM, got the machine's, ${vmmAddress}`,
      remedy: 'Name one that nobody has.',
    });
  }
}

/** What `max` is, QEMU says: a guest of another one would not be taken after the first outage. */
async function expectSameQemu({ target, image }: ConversionRequest): Promise<void> {
  if (!isHostsOwn(target.cpu)) return;
  const { qemu: theirs = 'none' } = await target.hypervisor.versions(target.host.shell);
  const packages = Object.entries(image.versions).filter(([name]) =>
    name.startsWith('qemu-system'),
  );
  // `1:7.2+dfsg-7+deb12u18`, `7.2.22`
  const ours = packages.map(([, version]) => version.replace(/^\d+:/, ''));
  const known = (version: string) => /^\d+\.\d+/.exec(version)?.[0];
  if (ours.length === 0 || ours.some((version) => known(version) === known(theirs))) return;
  throw new UserError({
    where: target.host.name,
    message: `expected the QEMU that the VMM has (${ours.join(', ')}) for the CPU model ${target.cpu}, found ${theirs}`,
    remedy: 'Name a CPU model that both have, such as qemu64 (p2v convert --cpu).',
  });
}

/** Puts an empty disk and the machine's own kernel on the target. */
export async function prepareTarget(
  target: ConversionTarget,
  diskBytes: number,
  own: OwnKernel,
): Promise<void> {
  const { shell } = target.host;
  const files = targetFiles(target);
  const limit = { timeout: 60 };
  await shell.run(['mkdir', '-p', '--', files.run], limit);
  await shell.run(['truncate', '-s', String(diskBytes), files.disk], limit);
  // Unpacked it is many times what has to be brought.
  await shell.run(['sh', '-c', 'gzip -dc > "$1"', 'unpack', files.kernel], {
    timeout: 600,
    input: await gzipped(await readFile(own.kernel)),
  });
  await shell.upload(own.initramfs, files.initramfs);
}
