import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../base/clock.ts';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { firstAnswer } from '../../../guest/service.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import { killMachine, machinesUp, readLab, startMachine } from '../../../lab/index.ts';
import { bootMachine } from '../../../lab/machines/boot.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { machineFiles } from '../../../lab/machines/plan.ts';
import { markedShell } from '../../../lab/marked-shell.ts';
import { testLab } from '../../../lab/namespaces/lab.example.ts';
import { localShell } from '../../../remote/local.ts';
import { clearBootPath } from '../boot-path/boot-path.ts';
import { compareDisks } from '../check/compare-disks.ts';
import type { ConversionBoundary, ConversionEvent } from '../conversion.ts';
import { lookAround } from '../standing/look.ts';
import { readRecord } from '../standing/record.ts';
import { standingOf } from '../standing/standing.ts';
import { vmmImage } from '../vmm-image/vmm-image.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import { enterVmm } from './enter.ts';
import type { ConversionRequest } from '../request.ts';
import { nativeSwitch, prepareSwitch } from './native-switch.ts';
import { leaveVmm } from './roll-back.ts';
import { Acknowledged, factsOf, hostsOf, installService } from './switch-lab.example.ts';

const missing = missingForMachines();
const lab = testLab('switch');
const work = mkdtempSync(join(tmpdir(), 'virtgauge-switch-test-'));
const cache = cacheDirectory(process.env);
const reportPort = 7707;
const stop = AbortSignal.timeout(3_000_000);
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0)) await each();
  await lab.removeAll();
});
afterAll(() => {
  lab.close();
  rmSync(work, { recursive: true });
});

const record = () => {
  const found = readLab(lab.state, lab.name);
  if (found?.kind !== 'machines') throw new Error('no lab of machines');
  return found;
};

const firstMachine = () => {
  const [h1] = record().hosts;
  if (h1 === undefined) throw new Error('no h1');
  return h1;
};

/** What its console has said since it was started last. */
const consoleOf = () => readFileSync(machineFiles(firstMachine()).console, 'utf8');

/** Takes the power of the first machine away, and gives it back. */
async function powerCycle(): Promise<void> {
  await killMachine(record(), 'h1');
  const marked = markedShell(localShell, record().mark);
  const machine = await bootMachine(marked, record(), firstMachine());
  machine.leave();
}

/** A plain machine that serves and witnesses, a host, and what it takes to bring the one to the other. */
async function machineAndHost() {
  const { inventoryPath } = await machinesUp({
    ...{ stateDirectory: lab.state, cache, name: lab.name },
    machines: ['plain', 'kvm'],
  });
  const [source, target] = await hostsOf(inventoryPath);
  if (source === undefined || target === undefined) throw new Error('two hosts');
  const net = source.address.replace(/\.\d+$/, '');
  const acknowledged = new Acknowledged(reportPort);
  const ledger = openLedger({ stateDirectory: lab.state, label: 'switch' });
  const close = () => Promise.all([source, target].map(({ shell }) => shell.close()));
  cleanUp.push(
    () => acknowledged.close(),
    () => ledger.close(),
    close,
  );
  await installService(source.shell, `${net}.254:${reportPort}`);
  const directory = await ownedDirectoryOn(target, ledger, '/var/lib/vg/converted');
  const request: ConversionRequest = {
    ...{ source, facts: await factsOf(source.shell, source.address), work, ledger },
    image: await vmmImage(localShell, cache),
    target: { host: target, hypervisor: qemu, directory, accelerator: 'kvm', cpu: 'host' },
    verify: true,
    vmmAddress: `${net}.200/24`,
  };
  const answer = () => firstAnswer({ host: source.address, port: 7 }, monotonicClock, stop);
  return { source, request, acknowledged, answer, close, vmm: { address: `${net}.200` } };
}

describe.skipIf(missing.length > 0)(
  `a native switch (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('moves a running machine to a host: it serves there, loses no acknowledged write, and never starts twice', async () => {
      const { source, request, acknowledged, answer, close, vmm } = await machineAndHost();
      const events: ConversionEvent[] = [];
      const before = await answer();
      const settings = { downtimeLimit: 0.3, bandwidth: undefined, timeout: 600 };
      const result = await nativeSwitch(request, settings, stop, (event) => events.push(event));
      expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
      const passed = events.map(({ event }) => event);
      expect(passed.indexOf('tombstone')).toBeGreaterThan(passed.indexOf('guest-stopped'));
      expect(passed.indexOf('target-running')).toBeGreaterThan(passed.indexOf('tombstone'));

      // Another boot than the machine's own, and it runs on the target.
      const after = await answer();
      expect(after.instance).not.toBe(before.instance);
      const known = acknowledged.highest;
      while (acknowledged.highest < known + 10) {
        stop.throwIfAborted();
        await sleep(50);
      }
      source.shell.lostPower?.();
      await source.shell.run(['busybox', 'killall', 'vg-guest']);
      const check = ['witness-check', '--file', '/var/lib/vg/witness', '--bytes', '4194304'];
      const last = ['--acknowledged', String(acknowledged.highest)];
      const { stdout } = await source.shell.run(['/usr/sbin/vg-guest', ...check, ...last]);
      expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });

      // The target wrote on, the source did not: both are as at the cut-over where they were kept.
      const { frozen, machine } = result;
      if (frozen === undefined) throw new Error('the disk was not kept');
      const { facts, target } = request;
      const between = { disks: facts.disks, target: target.host, clock: source.clock };
      const compared = await compareDisks(between, frozen, machine?.vmm, stop);
      expect(compared.bytes).toBeGreaterThan(50e6);
      expect(compared.different).toBe(0);
      await frozen.thaw();

      // The source loses its power: what starts then is the VMM, which leaves the disk alone.
      await result.machine?.vmm.shell.close();
      await powerCycle();
      expect(await firstGreeting(vmm, monotonicClock, 600, stop)).toBeDefined();
      expect(consoleOf()).toContain('vg-vmm buried');
      expect(consoleOf()).not.toContain('vg-machine init');

      // Who comes later finds it so. A monitor talks with one at a time.
      await close();
      const sight = await lookAround(readRecord(work), monotonicClock);
      expect(sight).toMatchObject({ vmm: { buried: true, guestRuns: false }, target: 'runs' });
      expect(standingOf(sight).runs).toBe('target');
    });

    it('is rolled back before its commit: the machine starts its own system, as it was', async () => {
      const { source, request, answer } = await machineAndHost();
      const config = await source.shell.readFile('/boot/grub/grub.cfg');
      const { staged, specs, access, path } = await prepareSwitch(request);
      const passed: (ConversionBoundary | 'progress')[] = [];
      const machine = await enterVmm(
        source,
        request.facts,
        { staged, spec: specs.source, entry: access.entry },
        ({ event }) => passed.push(event),
      );
      expect(passed).toEqual([
        ...['cut-over', 'stopped', 'synced', 'kexec', 'guest-answered', 'vmm-answered'],
      ]);
      const asGuest = await answer();

      await leaveVmm(source, machine, path);
      await machine.vmm.shell.close();
      // A machine of a lab ends where one of metal starts again.
      await killMachine(record(), 'h1');
      await startMachine(record(), 'h1', stop);
      const own = await answer();
      expect(own.instance).not.toBe(asGuest.instance);
      expect(consoleOf()).toContain('vg-machine init');
      expect(consoleOf()).not.toContain('vg-vmm');

      expect(await firstGreeting(source, monotonicClock, 60, stop)).toBeDefined();
      await clearBootPath(source.shell, path);
      expect(await source.shell.readFile('/boot/grub/grub.cfg')).toEqual(config);
      await expect(source.shell.run(['ls', path.folder])).rejects.toThrow(/No such file/);
    });
  },
);
