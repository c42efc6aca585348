import {
  guestPaths,
  qemuCommandLine,
  tapName,
} from '../../../../platform/hypervisor/qemu/command-line.ts';
import { livingProcess } from '../../../../platform/ledger/living-process.ts';
import { localShell } from '../../../../platform/remote/local.ts';
import type { Process } from '../../../../platform/remote/shell.ts';
import type { Arrival, Reception } from './arrival.ts';
import type { TunnelCall } from './tunnel-client.ts';

/** For a guest of QEMU: its process waits here, and the sender drives it through its monitor. */
export function qemuReception(arrival: Arrival): Reception {
  const { ground } = arrival;
  let process: Process | undefined;

  const lives = () => {
    const known = arrival.file.process;
    return known !== undefined && livingProcess(known.pid)?.start === known.start;
  };

  async function launch(call: Extract<TunnelCall, { ask: 'launch' }>): Promise<number> {
    if (process !== undefined) throw new Error('it was started already');
    const { machineType } = call;
    if (!/^[a-z0-9.-]{1,40}$/.test(machineType)) throw new Error('this is no machine type');
    const spec = await arrival.fit(call);
    const argv = qemuCommandLine(spec, { machineType });
    process = await ground.host.shell.start(argv, { env: spec.environment });
    const { pid } = process;
    const start = livingProcess(pid)?.start;
    if (start !== undefined) arrival.change({ process: { pid, start } });
    return pid;
  }

  return {
    lives,
    async answer(call) {
      switch (call.ask) {
        case 'launch':
          return { reply: { pid: await launch(call) } };
        case 'connect': {
          const path = guestPaths(arrival.file.spec.directory)[call.socket];
          return { reply: {}, join: await localShell.connect(path) };
        }
        case 'network': {
          const { network, mac } = arrival.file.spec;
          if (network.kind !== 'bridge') return { reply: {} };
          const set = ['ip', 'link', 'set', tapName(mac), 'master', network.bridge, 'up'] as const;
          await localShell.run(set, { timeout: 10 });
          return { reply: {} };
        }
        case 'lives':
          return { reply: { lives: lives(), ...(call.wait && (await process?.exited)) } };
        case 'end':
          process?.kill('SIGKILL');
          await process?.exited;
          return { reply: {} };
        default:
          throw new Error(`a guest of QEMU is not awaited by ${call.ask}`);
      }
    },
  };
}
