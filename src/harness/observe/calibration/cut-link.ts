import { text } from 'node:stream/consumers';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { hostProgram } from '../../../platform/programs/host-program.ts';
import type { KnownPause } from '../known-pauses.ts';

/** Seconds for a look at the host, and for a cut besides its length. */
const patience = 10;

/** Cuts a guest off from the network for a while. */
export interface LinkCutter {
  /** Name of the interface on the guest's host. */
  readonly interface: string;
  /** @throws Error in the program's own words if the interface cannot be taken down */
  cut(seconds: number): Promise<KnownPause>;
}

/** Finds the interface of a guest on its host; or tells why its link cannot be cut there. */
export async function linkCutter(
  guest: Pick<Guest, 'host' | 'spec' | 'hostInterface'>,
  environment: Readonly<Record<string, string>>,
): Promise<LinkCutter | { why: string }> {
  const { host, spec } = guest;
  if (spec.network.kind === 'user') {
    return { why: 'with user networking a guest has no interface on its host' };
  }
  const { shell, clock, name } = host;
  if ((await shell.run(['id', '-u'], { timeout: patience })).stdout.trim() !== '0') {
    return { why: `only root can take an interface down on ${name}` };
  }
  const found = await guest.hostInterface();
  if (found === undefined) return { why: `it has no interface of its own on ${name}` };
  const program = await hostProgram(host);
  return {
    interface: found,
    async cut(seconds) {
      const milliseconds = String(Math.max(1, Math.round(seconds * 1000)));
      // Its standard input stays open: where we are gone, it mends the link at once.
      const process = await shell.open(
        [program, 'cut', '--interface', found, '--milliseconds', milliseconds],
        { env: environment },
      );
      process.stdin.on('error', () => undefined);
      const late = setTimeout(() => process.kill('SIGTERM'), (seconds + patience) * 1000);
      const [said, ended] = await Promise.all([text(process.stdout), process.exited]);
      clearTimeout(late);
      const pause = parseCut(said, (wall) => clock.fromWall(wall));
      if (pause === undefined) {
        throw new Error(`the link was not cut: ${(ended.lost ?? ended.stderr.trim()) || said}`);
      }
      return pause;
    },
  };
}

/** Reads what `vg-host cut` printed; undefined if it is not whole. */
export function parseCut(
  said: string,
  fromWall: (epochSeconds: number) => number,
): KnownPause | undefined {
  const match = /^vg-cut 1 down=(\d+),(\d+) up=(\d+),(\d+)\n/.exec(said);
  if (match === null) return undefined;
  const [, downBefore = 0, downAfter = 0, upBefore = 0, upAfter = 0] = match.map((digits) =>
    fromWall(Number(digits) / 1e9),
  );
  return {
    commanded: { from: (downBefore + downAfter) / 2, to: (upBefore + upAfter) / 2 },
    uncertainty: (downAfter - downBefore + upAfter - upBefore) / 2,
  };
}
