import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import { Qmp } from '../../hypervisor/qemu/qmp.ts';
import { livingProcess } from '../../ledger/living-process.ts';
import { isMarked } from '../../ledger/kinds/marked-processes.ts';
import { ownClock } from '../../remote/this-machine.ts';
import type { Argv, Shell } from '../../remote/shell.ts';
import type { LabBase } from '../lab-plan.ts';
import { startDetached } from '../start-detached.ts';
import { consoleEnd, panicOf } from '../../remote/console-log.ts';
import { machineFiles, type MachineHost } from './plan.ts';

const secondsToStart = 120;
const interval = 100;

/** A machine whose QEMU runs; its CPUs are held until somebody continues them. */
export interface Machine {
  host: MachineHost;
  qmp: Qmp;
  /** Resolves with the reason when its QEMU has ended or what runs in it has panicked. */
  gone: Promise<string>;
  /** Ends what watches it; it goes on by itself. */
  leave(): void;
}

/** The process that runs a machine of a lab; undefined if there is none. */
export function machinePid(lab: Pick<LabBase, 'mark'>, host: MachineHost): number | undefined {
  const pid = writtenPid(host);
  if (pid === undefined) return undefined;
  return livingProcess(pid) !== undefined && isMarked(pid, lab.mark) ? pid : undefined;
}

/** QEMU makes the file first and writes its number a moment later. */
function writtenPid(host: MachineHost): number | undefined {
  const { pid: path } = machineFiles(host);
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return text === '' ? undefined : Number(text);
}

/**
 * Starts the QEMU of a machine, to stay when we end; resolves when its monitor has answered.
 * @param shell marks what it starts as the lab's
 * @throws UserError with QEMU's own words if it does not start
 */
export async function startQemu(
  shell: Shell,
  lab: Pick<LabBase, 'mark' | 'switchNamespace'>,
  host: MachineHost,
  qemu: Argv,
  signal?: AbortSignal,
): Promise<Machine> {
  const files = machineFiles(host);
  await Promise.all([files.pid, files.log].map((path) => rm(path, { force: true })));
  const inside: Argv = ['nsenter', `--net=/run/netns/${lab.switchNamespace}`, ...qemu];
  await startDetached(shell, inside, files.log, { timeout: secondsToStart });
  const deadline = performance.now() + secondsToStart * 1000;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const qmp = await Qmp.connect(await shell.connect(files.monitor), ownClock);
      return watched(lab, host, qmp);
    } catch (cause) {
      const ended = writtenPid(host) !== undefined && machinePid(lab, host) === undefined;
      const said = existsSync(files.log) ? ownWords(files.log) : '';
      // Before it has written its number, only what it says tells that it has ended.
      const failed = ended || /^(setsid|nsenter): |^qemu-system-\w+: (?!warning)/m.test(said);
      if (!failed && performance.now() < deadline) {
        await sleep(20);
        continue;
      }
      throw new UserError(
        {
          where: `machine ${host.name}`,
          message: `expected its QEMU to start within ${secondsToStart} s, got: ${said || 'nothing'}`,
        },
        { cause },
      );
    }
  }
}

function watched(lab: Pick<LabBase, 'mark'>, host: MachineHost, qmp: Qmp): Machine {
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      const reason = whyGone(lab, host);
      if (reason === undefined) return;
      clearInterval(timer);
      resolve(reason);
    }, interval);
  });
  return {
    ...{ host, qmp, gone },
    leave: () => {
      clearInterval(timer);
      qmp.close();
    },
  };
}

/** Why a machine runs no more, with the end of its console; undefined if it runs. */
export function whyGone(lab: Pick<LabBase, 'mark'>, host: MachineHost): string | undefined {
  const { console: path, log } = machineFiles(host);
  const panic = panicOf(path);
  if (panic !== undefined) return `it has panicked:\n${panic}`;
  if (machinePid(lab, host) !== undefined) return undefined;
  const words = existsSync(log) ? ownWords(log) : '';
  const end = consoleEnd(path);
  const shown = end === '' ? 'its console said nothing' : `the end of its console:\n${end}`;
  return `its QEMU has ended${words === '' ? '' : ` (${words})`}; ${shown}`;
}

/** What QEMU said, without its warnings: those of TCG fill a page and mean nothing. */
function ownWords(log: string): string {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.includes(': warning: '))
    .join('; ')
    .slice(0, 1000);
}

/**
 * Ends the QEMU of a machine at once, as a power cut would; that there is none is no error.
 * @throws Error if it is still there after a while
 */
export async function endMachine(lab: Pick<LabBase, 'mark'>, host: MachineHost): Promise<void> {
  const pid = machinePid(lab, host);
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  const deadline = performance.now() + secondsToStart * 1000;
  while (machinePid(lab, host) !== undefined) {
    if (performance.now() > deadline) {
      throw new Error(`machine ${host.name}: its QEMU (process ${pid}) did not end by SIGKILL`);
    }
    await sleep(20);
  }
}
