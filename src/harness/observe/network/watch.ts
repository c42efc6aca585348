import type { ServiceAddress } from '../../../platform/hypervisor/hypervisor.ts';
import { hostProgram } from '../../../platform/programs/host-program.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { writtenAddress } from '../address.ts';
import { interfaceTo, startCapture, type RunningCapture } from '../capture/tcpdump.ts';
import type { Trace, Watching } from '../observer.ts';
import { startRecorder } from '../recorder.ts';
import { capturedProbe } from './captured.ts';
import { expectSteadyClock, parseProbe } from './recording.ts';
import { networkTrace, type NetworkTrace } from './trace.ts';

/** Requests a second. */
export const defaultRate = 1000;

/** Seconds that the probe has for answers under way, and for what it has not yet written. */
const patience = 15;

export interface WatchNetworkOptions {
  /** Who asks. May be this machine, by an ordinary user. */
  host: Host;
  /**
   * Where the guest's UDP service may answer, as the host reaches it; with user networking one port
   * for the source and one for the target. Every request goes to all of them.
   */
  targets: readonly ServiceAddress[];
  /** Requests a second to each target; 1000 by default. */
  rate?: number;
  /** Carried by every process, so that the ledger finds it. */
  environment: Readonly<Record<string, string>>;
  /** Whether packets are captured where that is possible; true by default. */
  capture?: boolean;
}

export interface NetworkWatching extends Watching {
  readonly name: 'network';
  /**
   * Stamps are mapped by the host's clock as it is then: fit it anew before.
   * @throws Error if there is no trace at all, because the host is out of reach
   */
  stop(): Promise<NetworkTrace>;
}

/**
 * Asks a guest's service at a fixed rate whatever it answers (open loop), and stamps request and
 * answer by the kernel.
 * @throws Error if the probe does not start
 */
export async function watchNetwork(options: WatchNetworkOptions): Promise<NetworkWatching> {
  const { host, targets, rate = defaultRate, environment, capture = true } = options;
  const program = await hostProgram(host);
  const captures = capture ? await startCaptures(host, program, targets, environment) : [];
  const probe = await startRecorder(
    host,
    [
      ...([program, 'probe', '--rate', String(rate)] as const),
      ...targets.flatMap((target) => ['--target', writtenAddress(target)]),
    ],
    environment,
    (output) => output.includes('\n'),
  ).catch(async (error: unknown) => {
    await Promise.allSettled(captures.map((each) => each.stop()));
    throw error;
  });

  return {
    name: 'network',
    async stop() {
      const { output, ended } = await probe.stop(patience);
      const results = await Promise.allSettled(captures.map((each) => each.stop()));
      const done = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const recording = parseProbe(output.toString('latin1'));
      expectSteadyClock(host.name, recording);
      const raw: Trace['raw'] = [
        { name: 'network-probe.txt', content: output },
        ...done.map(({ file }, i) => ({
          name: `network-${captures[i]?.interface ?? i}.pcap`,
          content: file,
        })),
      ];
      const dropped = done.reduce((sum, each) => sum + each.dropped, 0);
      return networkTrace({
        recording,
        ...(done.length > 0 && {
          captured: capturedProbe(
            done.map((each) => each.capture),
            targets,
            recording.ports,
          ),
        }),
        fromWall: (epochSeconds) => host.clock.fromWall(epochSeconds),
        raw,
        warnings: [
          ...(dropped > 0 ? [`network probe: the capture lost ${dropped} packets`] : []),
          ...(ended.lost === undefined ? [] : [`network probe on ${host.name}: ${ended.lost}`]),
        ],
      });
    },
  };
}

/** One on each interface through which the targets are reached; none unless all can be. */
async function startCaptures(
  host: Host,
  program: string,
  targets: readonly ServiceAddress[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningCapture[]> {
  const names = await Promise.all(targets.map((target) => interfaceTo(host.shell, target.host)));
  const distinct = [...new Set(names.filter((name) => name !== undefined))];
  if (names.includes(undefined)) return [];
  const started = await Promise.all(
    distinct.map((name) => startCapture(host, program, name, targets, environment)),
  );
  const running = started.filter((each) => each !== undefined);
  if (running.length === distinct.length) return running;
  await Promise.allSettled(running.map((each) => each.stop()));
  return [];
}
