import { tmpdir } from 'node:os';
import { monotonicClock } from '../../base/clock.ts';
import type { Host, HostClock } from './host.ts';
import { localShell } from './local.ts';

/** The controller's own kernel made the stamps: nothing to fit. */
export const ownClock: HostClock = {
  ...monotonicClock,
  uncertainty: 0,
  refit: () => Promise.resolve(),
};

/**
 * This machine as a host. Several of them, under names of their own, are hosts that share all but
 * their work folders.
 * @param cache folder for images
 */
export function thisMachine(cache: string, name = 'localhost'): Host {
  return {
    name,
    shell: localShell,
    clock: ownClock,
    address: '127.0.0.1',
    storages: {},
    runtime: tmpdir(),
    cache,
  };
}

/** Whether a host is this machine, under whatever name. */
export function isThisMachine({ entry }: Host): boolean {
  return entry?.ssh === undefined;
}
