import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../base/free-port.ts';
import { seededRandom } from '../../base/stats/random.ts';
import {
  simulateAgents,
  type SimulatedAgent,
} from '../../manager/agent/simulated/simulated-agents.ts';
import { MemberFolder } from '../../manager/member/folder.ts';
import { initCluster } from '../../manager/member/init.ts';
import { openOperator, type Operator } from '../../manager/member/operator.ts';
import { startVirtgauge, type Started } from '../virtgauge.example.ts';
import { CountedGuests, submitGuest } from './counted-guests.example.ts';

const patience = { timeout: 180_000, interval: 100 };
const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('missing: root, to mount a small disk');

describe.skipIf(!isRoot)('a master with a small disk of its own (root)', () => {
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  const disk = join(place, 'disk');
  const folders = { master: join(disk, 'master'), operator: join(place, 'operator') };
  const guests = new CountedGuests();
  const random = seededRandom('killed masters');
  let address: string;
  let agents: SimulatedAgent[] = [];
  let operator: Operator;
  let master: Started;

  async function startMaster(): Promise<void> {
    const env = { VIRTGAUGE_STATE: place };
    master = startVirtgauge(['cluster', 'master', '--folder', folders.master], { env });
    const { output } = master;
    await vi.waitFor(() => expect(output()).toContain('master answers'), patience);
  }

  beforeAll(async () => {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'virtgauge-test', disk]);
    address = `127.0.0.1:${await freePort()}`;
    await initCluster({ folders, name: 'test', address, arm: 'both', now: Date.now() });
    operator = openOperator(folders.operator);
    await startMaster();
    agents = await simulateAgents({
      ...{ hosts: ['host-a', 'host-b'], arm: 'both', master: { name: 'master', address } },
      authority: new MemberFolder(folders.master).authority(),
      room: { cpu: 200, memory: 2 ** 36, disk: 2 ** 40 },
      runner: () => guests.runner(),
    });
  });

  afterAll(async () => {
    await operator.close();
    master.child.kill('SIGKILL');
    await master.outcome;
    for (const agent of agents) await agent.kill();
    execFileSync('umount', [disk]);
    rmSync(place, { recursive: true });
  });

  const names: string[] = [];

  it('loses nothing and does nothing twice, killed at any moment', async () => {
    for (let kill = 0; kill < 8; kill++) {
      const more = Array.from({ length: 8 }, (_, at) => `g${kill}-${at}`);
      names.push(...more);
      const killed = (async () => {
        await sleep(random.next() * 1500);
        master.child.kill('SIGKILL');
        await master.outcome;
        await startMaster();
      })();
      for (const guest of more) await vi.waitFor(() => submitGuest(operator, guest), patience);
      await killed;
    }
    await guests.expectOnce(operator, names, patience);
  });

  it('refuses new work while its disk is full, says so, and loses none', async () => {
    const fill = join(disk, 'fill');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(fill, Buffer.alloc(bavail * bsize));
    // What is left of the last block may still take a few.
    await vi.waitFor(async () => {
      const name = `full-${names.length}`;
      const why = await submitGuest(operator, name).then(
        () => void names.push(name),
        (error: unknown) => (error as Error).message,
      );
      expect(why).toMatch(/busy: the state log cannot be written: ENOSPC/);
    }, patience);
    await operator.ask({ kind: 'query', what: 'status' }, 'status');
    expect(readFileSync(fill).length).toBeGreaterThan(0);
    rmSync(fill);
    names.push('after');
    await vi.waitFor(() => submitGuest(operator, 'after'), patience);
    await guests.expectOnce(operator, names, patience);
  });
});
