import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { goneMachines, killMachine, machinesUp, readLab, startMachine } from '../index.ts';
import { testLab } from '../namespaces/lab.example.ts';
import { missingForMachines } from './machines.example.ts';

const missing = missingForMachines();
const lab = testLab('machines');
const { state, name, ssh } = lab;
const cache = cacheDirectory(process.env);
const place = { stateDirectory: state, cache, name };
afterEach(lab.removeAll);
afterAll(lab.close);

const record = () => {
  const found = readLab(state, name);
  if (found?.kind !== 'machines') throw new Error('no lab of machines');
  return found;
};
const states = () => readdirSync(cache).filter((each) => each.startsWith('machine-state-'));

describe.skipIf(missing.length > 0)(
  `a lab of machines (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('has one that starts again after its power was cut, with what it had synced', async () => {
      await machinesUp({
        ...place,
        machines: ['kvm', 'kvm'],
        diskCache: 'writeback',
        shared: 'nfs',
      });
      ssh(1, 'echo kept > /var/lib/vg/synced; sync /var/lib/vg/synced; echo > /var/lib/vg/not');
      await killMachine(record(), 'h2');
      expect(goneMachines(record())).toHaveLength(1);
      await startMachine(record(), 'h2');
      expect(goneMachines(record())).toEqual([]);
      expect(ssh(1, 'hostname; ls /var/lib/vg; cat /var/lib/vg/synced')).toBe('h2\nsynced\nkept');
      expect(ssh(0, 'echo both > /mnt/shared/file; sync; ssh h2 cat /mnt/shared/file')).toBe(
        'both',
      );
      await expect(startMachine(record(), 'h3')).rejects.toThrow('expected a host of h1, h2');
    });

    it('tells of one that has panicked', async () => {
      await machinesUp({ ...place, machines: ['kvm'] });
      ssh(0, '(sleep 1; echo c > /proc/sysrq-trigger) > /dev/null 2>&1 < /dev/null &');
      await expect
        .poll(() => goneMachines(record())[0]?.reason, { timeout: 120_000 })
        .toContain('Kernel panic - not syncing: sysrq triggered crash');
    });

    it('boots where what was saved does not load, and throws that away', async () => {
      const before = new Set(states());
      const asked = { ...place, machines: ['kvm'] as const, memory: 1_234 * 2 ** 20 };
      await machinesUp(asked);
      await lab.down();
      const made = states().filter((each) => !before.has(each));
      expect(made).toHaveLength(1);
      truncateSync(join(cache, made[0] ?? '', 'state'), 2 ** 20);
      const said: string[] = [];
      await machinesUp({ ...asked, progress: (text) => said.push(text) });
      expect(said.join()).toContain('does not load: h1 boots');
      expect(ssh(0, 'hostname')).toBe('h1');
      expect(states().filter((each) => !before.has(each))).toEqual([]);
    });
  },
);
