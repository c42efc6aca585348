import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestOutput, GuestProcess } from '../../../../platform/guest/control/control.ts';
import type { Host } from '../../../../platform/remote/host.ts';
import { outputOf } from '../../../../platform/remote/output-of.ts';
import type { Argv, RunOptions } from '../../../../platform/remote/shell.ts';
import { quote } from '../../../../platform/remote/ssh/quote.ts';
import { requireFio, type FioControl, type FioPlace } from './place.ts';

/** Where one of the fios on a host works. */
export interface HostPlaceRequest {
  host: Host;
  /** Tells it from the others on that host. */
  number: number;
  /** Of its own; made and removed by fio's side here. */
  folder: string;
  file: string;
  /** Bytes that the file must have. */
  size: number;
  seed: number;
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** fio on a host, on a file. */
export function hostPlace(request: HostPlaceRequest): FioPlace {
  const { host, number, folder, file, size, seed } = request;
  return {
    ...{ name: `fio ${number} on host ${host.name}`, control: hostControl(request) },
    ...{ folder, file, offset: 0, seed },
    // At its length before fio sees it, which would else write it all before its first job.
    prepare: `${requireFio}\ntruncate -s ${size} ${quote(file)} || exit 1`,
    withoutFio: 'the host has no fio. On Debian or Ubuntu: sudo apt-get install fio',
  };
}

/** What a host's shell can do, as a guest's control does it. */
function hostControl({
  host: { shell },
  environment: env,
  signal,
}: Pick<HostPlaceRequest, 'host' | 'environment' | 'signal'>): FioControl {
  const run = (argv: Argv, options: RunOptions = {}) =>
    outputOf(shell.run(argv, { env, signal, ...options }));
  return {
    run,
    async start(argv): Promise<GuestProcess> {
      let ended: GuestOutput | undefined;
      const end = run(argv).then((output) => (ended = output));
      // Heard by poll or wait, if ever.
      end.catch(() => undefined);
      await Promise.resolve();
      return {
        poll: () => Promise.race([end, sleep(0).then(() => ended)]),
        async wait({ timeout } = {}) {
          if (timeout === undefined) return end;
          const waited = new AbortController();
          const late = sleep(timeout * 1000, undefined, { signal: waited.signal }).then(() => {
            throw new Error(`${argv.join(' ')} did not end within ${timeout.toFixed(0)} s`);
          });
          // Its own abort below is no news.
          late.catch(() => undefined);
          return Promise.race([end, late]).finally(() => waited.abort());
        },
      };
    },
    exists: async (path) => (await run(['test', '-e', path])).code === 0,
    readFile: (path) => shell.readFile(path),
    // Not by the shell's own way of writing a file, which need not write into a pipe.
    async writeFile(path, content) {
      await shell.run(['sh', '-c', 'cat > "$1"', 'sh', path], { input: content, signal });
    },
  };
}
