import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/package-root.ts';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { goneMachines, killMachine, labNames, machinesUp, readLab } from '../index.ts';
import { testLab } from '../namespaces/lab.example.ts';
import { missingForMachines } from './machines.example.ts';

const missing = missingForMachines();
const lab = testLab('machines');
const { state, name, traces, ssh, down, token } = lab;
const cache = cacheDirectory(process.env);
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
    it('has hosts with a kernel of their own, tells which is gone, and leaves nothing', async () => {
      const place = { stateDirectory: state, cache, name };
      const { inventoryPath } = await machinesUp({ ...place, machines: ['xen'], shared: 'nfs' });
      const made = token();
      expect(ssh(0, 'hostname; xl info | grep -c xen_version')).toBe('h1\n1');
      const ours = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      expect(ssh(0, 'cat /proc/sys/kernel/random/boot_id')).not.toBe(ours);
      expect(ssh(0, 'echo ours > /mnt/shared/file; cat /srv/shared/file')).toBe('ours');
      expect(ssh(0, 'touch /var/lib/vg/file; ls /sys/class/net/br0/brif')).toBe('eth0');
      expect(readFileSync(inventoryPath, 'utf8')).toContain('"hypervisors":["xen"]');
      expect(goneMachines(record())).toEqual([]);

      await killMachine(record(), 'h1');
      const [gone] = goneMachines(record());
      expect(gone).toMatchObject({ host: 'h1' });
      expect(gone?.reason).toContain('its QEMU has ended; the end of its console:');
      await down();
      expect(traces(made)).toEqual([]);
      expect(labNames(state)).toEqual([]);
    });

    // Without a saved machine of this memory, it boots to be saved; --fresh boots it as it is.
    it.each([
      [0, '--fresh'],
      [2000, '--memory 1999MiB'],
      [500, ''],
    ])(
      'killed %d ms after it was recorded (%s) leaves what lab down removes',
      async (wait, more) => {
        const before = states();
        const main = join(packageRoot, 'src/cli/main.ts');
        const up = ['lab', 'up', '--machines', 'xen:1', '--name', name];
        const options = more.split(' ').filter((word) => word !== '');
        const child = spawn(process.execPath, ['--import', 'tsx', main, ...up, ...options], {
          cwd: packageRoot,
          env: { ...process.env, VIRTGAUGE_STATE: state },
          stdio: 'ignore',
        });
        const ended = once(child, 'exit');
        while (child.exitCode === null && !existsSync(join(state, 'labs', name, 'lab.json'))) {
          await sleep(2);
        }
        await sleep(wait);
        child.kill('SIGKILL');
        await ended;
        const made = token();
        await down();
        expect(traces(made)).toEqual([]);
        expect(states()).toEqual(before);
        expect(labNames(state)).toEqual([]);
      },
    );

    it('is refused where there is too little memory, before anything is made', async () => {
      const before = states();
      const place = { stateDirectory: state, cache, name };
      await expect(
        machinesUp({ ...place, machines: ['xen', 'xen'], memory: 2 ** 50 }),
      ).rejects.toThrow(/memory: expected 2048 TiB for 2 machines, .* are available/);
      expect(labNames(state)).toEqual([]);
      expect(states()).toEqual(before);
    });
  },
);
