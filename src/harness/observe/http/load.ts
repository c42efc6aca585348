import type { ServiceAddress } from '../../../platform/hypervisor/hypervisor.ts';
import { hostProgram } from '../../../platform/programs/host-program.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { writtenAddress } from '../address.ts';
import { startRecorder } from '../recorder.ts';
import { parseLoad } from './recording.ts';
import { loadTrace, type LoadTrace } from './trace.ts';

/** Seconds for what the load has not yet written when its last request is over. */
const patience = 10;

export interface HttpLoadOptions {
  /** Who asks. May be this machine, by an ordinary user. */
  host: Host;
  /** Where the guest's web service may answer; every request goes to all, the first answer counts. */
  targets: readonly ServiceAddress[];
  /** Requests a second; 100 by default. */
  rate?: number;
  /** Path of a page, where the service is not a guest of ours: any answer of status 200 is good then. */
  page?: string | undefined;
  /** Seconds from when a request was due until it is given up; 5 by default. */
  timeout?: number;
  /** Carried by every process, so that the ledger finds it. */
  environment: Readonly<Record<string, string>>;
}

/** A load at work. */
export interface HttpLoad {
  /**
   * Asks no more, waits for what was asked, and tells. Stamps are mapped by the host's clock as it
   * is then: fit it anew before.
   * @throws Error if there is no trace at all, because the host is out of reach
   */
  stop(): Promise<LoadTrace>;
}

/**
 * Asks a guest's web service at a fixed rate whatever it answers (open loop). Every request opens a
 * connection of its own: so do clients who come and go, and no request waits behind another whose
 * connection hangs in its retransmissions, which would spread one outage over many requests.
 * @throws Error if it does not start
 */
export async function startHttpLoad(options: HttpLoadOptions): Promise<HttpLoad> {
  const { host, targets, rate = 100, timeout = 5, page, environment } = options;
  const program = await hostProgram(host);
  const recorder = await startRecorder(
    host,
    [
      ...([program, 'http', '--rate', String(rate)] as const),
      ...['--timeout', String(Math.ceil(timeout * 1000))],
      ...(page === undefined ? [] : ['--page', page]),
      ...targets.flatMap((target) => ['--target', writtenAddress(target)]),
    ],
    environment,
    (output) => output.includes('\n'),
  );
  return {
    async stop() {
      const { output, ended } = await recorder.stop(timeout + patience);
      const trace = loadTrace(
        parseLoad(output.toString('latin1')),
        (epochSeconds) => host.clock.fromWall(epochSeconds),
        [{ name: 'http-load.txt', content: output }],
      );
      if (ended.lost === undefined) return trace;
      return {
        ...trace,
        warnings: [...trace.warnings, `HTTP load on ${host.name}: ${ended.lost}`],
      };
    },
  };
}
