import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { missingForMachines } from '../../platform/lab/machines/machines.example.ts';
import { firstAnswer } from '../../platform/guest/service.ts';
import { XenCluster } from './xen-cluster.example.ts';

const missing = missingForMachines();
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 });

describe.skipIf(missing.length > 0)(
  `a cluster of Xen hosts (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const cluster = new XenCluster();
    beforeAll(() => cluster.up(`xen-cluster-${process.pid}`));
    afterAll(() => cluster.down());

    /** Which boot of the guest answers. */
    async function instance(): Promise<string> {
      const [host = ''] = cluster.addresses[0]?.split('/') ?? [];
      const limit = AbortSignal.timeout(300_000);
      return (await firstAnswer({ host, port: 7 }, monotonicClock, limit)).instance;
    }

    /** Xen's names of the guests of both hosts. */
    const domains = async () =>
      Object.fromEntries(
        await Promise.all(['h1', 'h2'].map(async (name) => [name, await cluster.domains(name)])),
      ) as Record<string, string[]>;

    /**
     * Runs a command until it is done: a host that is emulated may have had no answer of the master for some
     * seconds, and then starts nothing.
     */
    async function patiently(...args: string[]): Promise<void> {
      const limit = { timeout: 1_500_000, interval: 5000 };
      await vi.waitFor(() => cluster.cli(...args, '--wait', '1200'), limit);
    }

    async function runsOn(host: string): Promise<void> {
      const limit = { timeout: 120_000, interval: 1000 };
      const seen = { state: 'running', host };
      await vi.waitFor(async () => expect(await cluster.guest('web')).toMatchObject(seen), limit);
      expect(await domains()).toEqual({ h1: [], h2: [], [host]: web });
    }

    const web = [expect.stringMatching(/^web-[0-9a-f]{8}$/)];
    let boot = '';

    it('creates a guest, which the next agent takes over', async () => {
      const address = ['--address', cluster.addresses[0] ?? ''];
      const size = ['--memory', '128MiB', '--disk', '128MiB'];
      await patiently('create', 'web', '--on', 'h1', ...size, ...address);
      boot = await instance();
      await cluster.killAgent('h1');
      await cluster.startAgent('h1');
      await runsOn('h1');
      expect(await instance()).toBe(boot);
    });

    it('moves it there and, after the agent there was killed, back', async () => {
      await patiently('migrate', 'web', '--to', 'h2');
      await runsOn('h2');
      expect(await instance()).toBe(boot);
      await cluster.killAgent('h2');
      await cluster.startAgent('h2');
      await patiently('migrate', 'web', '--to', 'h1');
      await runsOn('h1');
      expect(await instance()).toBe(boot);
    });

    it('stops it, starts it and removes it', async () => {
      await cluster.cli('stop', 'web', '--wait', '600');
      expect(await domains()).toEqual({ h1: [], h2: [] });
      await patiently('start', 'web');
      expect(await instance()).not.toBe(boot);
      await cluster.cli('stop', 'web', '--wait', '600');
      await cluster.cli('remove', 'web', '--wait', '600');
      expect(await domains()).toEqual({ h1: [], h2: [] });
    });
  },
);
