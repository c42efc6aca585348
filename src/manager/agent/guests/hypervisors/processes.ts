import { endProcessesOn } from '../../../../platform/ledger/kinds/remote-processes.ts';
import { livingProcess } from '../../../../platform/ledger/living-process.ts';
import { runningProcess } from '../../../../platform/remote/detached.ts';
import { localShell } from '../../../../platform/remote/local.ts';
import type { Process } from '../../../../platform/remote/shell.ts';
import { within } from '../../../../platform/within.ts';
import type { Ground } from '../ground.ts';
import type { GuestFile } from '../guest-files.ts';
import { UsageMeter } from '../usage-meter.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';

/** Seconds for a process to end. */
const patience = 30;

/** The process of a guest, if it lives. */
export function processOf(ground: Ground, { name, process }: GuestFile): Process | undefined {
  return process && runningProcess(process.pid, process.start, ground.log(name));
}

/** What holds of every hypervisor whose guests are processes. */
export function ofProcesses(ground: Ground): Pick<LocalHypervisor, 'end' | 'usage' | 'lives'> {
  const meter = new UsageMeter();
  return {
    lives: ({ process }) =>
      process !== undefined && livingProcess(process.pid)?.start === process.start,
    async end(file) {
      const process = processOf(ground, file);
      if (process !== undefined) {
        process.kill('SIGKILL');
        await within(patience, `${file.name} did not end within ${patience} s`, process.exited);
      }
      // One that an agent has started and was killed before it wrote that down.
      await endProcessesOn(localShell, ground.setting(file.name));
    },
    usage: (running) => {
      const pids = [...running].flatMap(([name, { pid }]) =>
        pid === undefined ? [] : [[name, pid] as const],
      );
      return meter.measure(new Map(pids));
    },
  };
}
