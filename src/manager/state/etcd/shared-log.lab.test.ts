import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EtcdClient, EtcdRefused, EtcdSilent } from './client.ts';
import { endEtcd, startEtcd, type EtcdMember } from './etcd.example.ts';
import { hasEtcd } from './has-etcd.example.ts';
import { lead, type Leadership } from './leadership.ts';
import { openSharedLog } from './shared-log.ts';

const patience = { timeout: 60_000, interval: 50 };

describe.skipIf(!hasEtcd())('a state on etcd (etcd-server)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  const rules = {
    empty: (): number[] => [],
    reduce: (all: number[], one: number) => [...all, one],
  };
  let members: EtcdMember[];
  let client: EtcdClient;
  let prefix: string;
  let count = 0;

  beforeAll(async () => {
    // So small that it is soon full.
    members = await startEtcd(folder, 3, '--quota-backend-bytes=2000000');
    client = new EtcdClient({ urls: members.map(({ url }) => url) });
    await vi.waitFor(() => client.range('/x/'), patience);
  });

  afterAll(async () => {
    await client.close();
    await endEtcd(members);
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    prefix = `/test/${count++}/`;
  });

  async function leading(signal = new AbortController().signal): Promise<Leadership> {
    const leadership = await lead({ client, prefix, address: 'a:1', signal, seconds: 3 });
    if (leadership === undefined) throw new Error('it was aborted');
    return leadership;
  }

  const open = (leadership: Leadership, snapshotEvery = 3) =>
    openSharedLog({ ...rules, client, prefix, leadership, first: () => [0], snapshotEvery });

  it('is what was let through the gate, also for the next who leads', async () => {
    const first = await leading();
    const log = await open(first);
    for (let one = 1; one <= 10; one++) {
      await log.gate(() => log.append(one));
      expect(log.state.at(-1)).toBe(one);
    }
    log.append(11, 12);
    log.append(13);
    await log.gate(() => undefined);
    await first.end();
    const second = await leading();
    expect(second.term).toBeGreaterThan(first.term);
    expect((await open(second)).state).toEqual(Array.from({ length: 14 }, (_, index) => index));
    await second.end();
  });

  it('is changed by nobody who was deposed, though he does not know it', async () => {
    const first = await leading();
    const log = await open(first);
    await log.gate(() => log.append(1));
    // As if its lease had run out behind its back.
    await client.change([], [{ remove: `${prefix}leader`, until: `${prefix}leades` }]);
    const second = await leading();
    const newer = await open(second);
    await newer.gate(() => newer.append(2));
    expect(first.lost.aborted).toBe(false);
    const deposed = log.gate(() => log.append(3));
    await expect(deposed).rejects.toThrow(/another master leads/);
    expect(log.state).toEqual([0, 1]);
    expect((await open(second)).state).toEqual([0, 1, 2]);
    await first.end();
    await second.end();
  });

  it('is read anew where a change was refused that may have come through before', async () => {
    const leadership = await leading();
    const answers: Error[] = [new EtcdSilent('no answer'), new EtcdRefused('no space')];
    const losing: Pick<EtcdClient, 'range' | 'change'> = {
      range: (...all: Parameters<EtcdClient['range']>) => client.range(...all),
      async change(...all: Parameters<EtcdClient['change']>) {
        if (!(await client.range(prefix)).some(({ key }) => key.endsWith('snapshot'))) {
          return client.change(...all);
        }
        const answer = answers.shift();
        if (answer instanceof EtcdSilent) await client.change(...all);
        throw answer ?? new Error('it goes on');
      },
    };
    const options = { ...rules, prefix, leadership, first: () => [0] };
    const log = await openSharedLog({ ...options, client: losing });
    await expect(log.gate(() => log.append(1))).rejects.toThrow(/no space/);
    await vi.waitFor(() => expect(leadership.lost.aborted).toBe(true), patience);
    expect(() => log.append(2)).toThrow(/leads no more/);
    const next = await leading();
    expect((await open(next)).state).toEqual([0, 1]);
    await next.end();
  });

  it('goes on while one member is cut off, and ends where the majority is', async () => {
    const leadership = await leading();
    const log = await open(leadership);
    const stop = (at: number) => members[at]?.child.kill('SIGSTOP');
    const go = (at: number) => members[at]?.child.kill('SIGCONT');
    try {
      stop(0);
      await vi.waitFor(() => log.gate(() => log.append(1)), patience);
      stop(1);
      const cut = log.gate(() => log.append(2));
      await expect(cut).rejects.toThrow(/no majority of etcd answers/);
      expect(leadership.lost.aborted).toBe(true);
      expect(() => log.append(3)).toThrow(/no majority/);
    } finally {
      go(0);
      go(1);
    }
    await leadership.end();
    const again = await leading();
    const { state } = await open(again);
    // Of what got no answer nobody knows, once; the rest is as it was told.
    expect([
      [0, 1],
      [0, 1, 2],
    ]).toContainEqual(state);
    await again.end();
  });

  it('refuses what etcd has no space for, says so, and keeps what it had', async () => {
    const leadership = await leading();
    const log = await open(leadership, 1000);
    await log.gate(() => log.append(1));
    const blob = () => Buffer.from(Array.from({ length: 400_000 }, () => Math.random() * 256));
    await expect(
      (async () => {
        for (let at = 0; at < 20; at++) {
          await client.change([], [{ put: `/blob/${at}`, value: blob() }]);
        }
      })(),
    ).rejects.toThrow(/space/);
    for (const one of [2, 3]) {
      await expect(log.gate(() => log.append(one))).rejects.toThrow(
        'the state log cannot be written: etcd: etcdserver: mvcc: database space exceeded',
      );
    }
    expect(log.state).toEqual([0, 1]);
    expect(leadership.lost.aborted).toBe(false);
    expect((await open(leadership, 1000)).state).toEqual([0, 1]);
    await leadership.end();
  });
});
