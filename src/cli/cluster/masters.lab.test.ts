import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePorts } from '../../base/free-port.ts';
import {
  simulateAgents,
  type SimulatedAgent,
} from '../../manager/agent/simulated/simulated-agents.ts';
import { MemberFolder } from '../../manager/member/folder.ts';
import { initCluster } from '../../manager/member/init.ts';
import { openOperator } from '../../manager/member/operator.ts';
import { endEtcd, startEtcd, type EtcdMember } from '../../manager/state/etcd/etcd.example.ts';
import { hasEtcd } from '../../manager/state/etcd/has-etcd.example.ts';
import { startVirtgauge, type Started } from '../virtgauge.example.ts';
import { CountedGuests, submitGuest } from './counted-guests.example.ts';

const patience = { timeout: 60_000, interval: 100 };

describe.skipIf(!hasEtcd())('two masters on etcd (etcd-server)', () => {
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  const folders = { master: join(place, 'one'), operator: join(place, 'operator') };
  const guests = new CountedGuests();
  let etcd: EtcdMember[] = [];
  let ports: number[];
  let agents: SimulatedAgent[] = [];
  const masters = new Map<string, Started>();

  function start(name: string, port: number): void {
    const urls = etcd.map(({ url }) => url).join(',');
    const words = ['--folder', join(place, name), '--listen', `127.0.0.1:${port}`, '--etcd', urls];
    const env = { VIRTGAUGE_STATE: place };
    masters.set(name, startVirtgauge(['cluster', 'master', ...words], { env }));
  }

  const said = () => [...masters.values()].map((each) => each.output()).join('');
  const leads = (name: string) => masters.get(name)?.output().includes('master answers') ?? false;

  beforeAll(async () => {
    ports = await freePorts(2);
    const address = ports.map((port) => `127.0.0.1:${port}`).join(',');
    await initCluster({ folders, name: 'test', address, arm: 'both', now: Date.now() });
    for (const name of ['two', 'three']) {
      cpSync(folders.master, join(place, name), { recursive: true });
    }
    etcd = await startEtcd(join(place, 'etcd'), 3);
    start('one', ports[0] ?? 0);
    start('two', ports[1] ?? 0);
    agents = await simulateAgents({
      ...{ hosts: ['host-a', 'host-b'], arm: 'both', master: { name: 'master', address } },
      authority: new MemberFolder(folders.master).authority(),
      room: { cpu: 64, memory: 2 ** 36, disk: 2 ** 40 },
      runner: () => guests.runner(),
    });
    await vi.waitFor(() => expect(leads('one') || leads('two'), said()).toBe(true), patience);
  });

  afterAll(async () => {
    for (const { child, outcome } of masters.values()) {
      child.kill('SIGKILL');
      await outcome;
    }
    for (const agent of agents) await agent.kill();
    await endEtcd(etcd);
    rmSync(place, { recursive: true });
  });

  it('lose nothing and do nothing twice, though the leader is killed in the middle', async () => {
    const operator = openOperator(folders.operator);
    const names = Array.from({ length: 50 }, (_, at) => `g${at}`);
    const [leader = ''] = ['one', 'two'].filter(leads);
    const other = leader === 'one' ? 'two' : 'one';
    expect(masters.get(other)?.output()).not.toContain('master answers');
    const submit = (guest: string) =>
      vi
        .waitFor(() => submitGuest(operator, guest), patience)
        .catch((error: unknown) => {
          throw new Error(said(), { cause: error });
        });
    await submit('g0');
    for (const [at, guest] of names.entries()) {
      const sent = submit(guest);
      if (at === 25) masters.get(leader)?.child.kill('SIGKILL');
      await sent;
    }
    await guests.expectOnce(operator, names, patience);
    await operator.close();
    expect(leads(other)).toBe(true);
    // What the leader had accepted it had not written to its own disk.
    expect(readFileSync(join(place, leader, 'state.log'), 'utf8')).not.toContain('id-g');
  });

  it('tell a port that is taken: at once, or if that is so since then, until it is free', async () => {
    const [port = 0] = await freePorts(1);
    const taken = await listener(port);
    start('three', port);
    const outcome = await masters.get('three')?.outcome;
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome?.stderr).toContain(`127.0.0.1:${port}: cannot listen there`);
    await taken.close();

    start('three', port);
    const said = () => masters.get('three')?.output();
    await vi.waitFor(() => expect(said()).toContain('stands by'), patience);
    const again = await listener(port);
    for (const name of ['one', 'two']) masters.get(name)?.child.kill('SIGKILL');
    await vi.waitFor(() => expect(said()).toContain('cannot lead: 127.0.0.1'), patience);
    await again.close();
    await vi.waitFor(() => expect(leads('three'), said()).toBe(true), patience);
  });
});

async function listener(port: number) {
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { close: () => once(server.close(), 'close') };
}
