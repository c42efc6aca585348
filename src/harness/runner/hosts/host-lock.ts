import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import type { Host } from '../../../platform/remote/host.ts';

/** Seconds for which a lock is waited for: that of a run that was killed goes with its connection. */
const patience = 2;

/** A host that no other run uses meanwhile. */
export interface HostLock {
  /** Settles, saying why, when the lock is gone although it was not released. Never rejects. */
  readonly lost: Promise<string>;
  release(): Promise<void>;
}

/**
 * Locks a host for one run: its folder for work folders is locked by a program that lives as long
 * as our connection, so a lock never outlives its run.
 * @throws UserError if another run holds it, or if it cannot be tried
 */
export async function lockHost({ name, shell, runtime }: Host): Promise<HostLock> {
  const script = 'echo locked; exec cat';
  // flock would make a file where there is no such folder.
  const folder = `${runtime}/.`;
  const holder = await shell.open([
    ...(['flock', '--wait', String(patience), '--conflict-exit-code', '99', folder] as const),
    ...['sh', '-c', script],
  ]);
  // A lost connection is told by the end of the process.
  for (const stream of [holder.stdin, holder.stdout]) stream.on('error', () => undefined);
  const locked = new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    void holder.exited.then(() => resolve(false));
  });
  const held = await Promise.race([locked, sleep(20_000, false, { ref: false })]);
  if (!held) {
    holder.kill('SIGKILL');
    const { code, stderr, lost } = await holder.exited;
    if (code === 99) {
      throw new UserError({
        where: name,
        message: 'expected a host that no other run uses, another run of virtgauge uses it',
        remedy: `Wait until that has ended, or use other hosts (--hosts). If none runs, its connection was cut: end what holds the lock there (pkill -f 'flock .*${runtime}/').`,
      });
    }
    throw new UserError({
      where: name,
      message: `the host cannot be locked for this run (${(lost ?? stderr.trim()) || 'flock did not answer'})`,
      remedy: `It needs flock (Debian: util-linux) and the folder ${runtime}.`,
    });
  }
  let released = false;
  const lost = holder.exited.then(({ lost: why, stderr }) => {
    if (released) return new Promise<never>(() => undefined);
    return why ?? `its lock was ended${stderr.trim() === '' ? '' : ` (${stderr.trim()})`}`;
  });
  return {
    lost,
    async release() {
      released = true;
      holder.stdin.end();
      await Promise.race([holder.exited, sleep(2000, undefined, { ref: false })]);
    },
  };
}
