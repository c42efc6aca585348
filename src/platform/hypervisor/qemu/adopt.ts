import type { Host } from '../../remote/host.ts';
import type { Ended, Process } from '../../remote/shell.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor.ts';
import { attach } from './launch.ts';

/**
 * A guest whose QEMU others have started, with the command line that `qemuCommandLine` gives for the
 * same spec.
 * @param qemu its process on the host, or its number there
 * @throws Error if its monitor does not answer
 */
export async function adopt(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
  qemu: number | Process,
): Promise<Guest> {
  const process = typeof qemu === 'number' ? await watched(host, qemu) : qemu;
  return attach(hypervisor, host, spec, process, true);
}

/** Told from outside: how it ended is known only to who has started it. */
async function watched({ shell }: Host, pid: number): Promise<Process> {
  const script =
    'while [ -d "/proc/$1" ] && ! grep -q "^State:.Z" "/proc/$1/status"; do sleep 1; done';
  const watch = await shell.start(['sh', '-c', script, 'watch', String(pid)]);
  const exited = watch.exited.then(({ lost }): Ended => ({
    ...{ code: undefined, signal: undefined, stderr: '' },
    ...(lost !== undefined && { lost }),
  }));
  return {
    pid,
    exited,
    kill(signal) {
      const name = signal.replace(/^SIG/, '');
      shell.run(['kill', '-s', name, String(pid)], { timeout: 30 }).catch(() => undefined);
    },
  };
}
