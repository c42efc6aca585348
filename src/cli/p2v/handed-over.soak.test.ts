import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { firstAnswer } from '../../platform/guest/service.ts';
import { labDown, labExists, readLab } from '../../platform/lab/index.ts';
import { killMachine, startMachine } from '../../platform/lab/machines/power.ts';
import { missingForMachines } from '../../platform/lab/machines/machines.example.ts';
import {
  hostsOf,
  installService,
} from '../../platform/operations/convert/native-switch/switch-lab.example.ts';
import { Workplace } from '../virtgauge.example.ts';

const missing = missingForMachines();
const place = new Workplace();
const lab = `handed-${process.pid}`;
const stateDirectory = place.state;
afterAll(async () => {
  if (labExists(stateDirectory, lab)) await labDown({ stateDirectory, name: lab });
  place.remove();
});

describe.skipIf(missing.length > 0)(
  `a machine that was handed over (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('is started on its target again, though its hardware has no power any more', async () => {
      const up = await place.run('lab', 'up', '--machines', 'plain:1,kvm:1', '--name', lab);
      expect(up, up.stderr).toMatchObject({ code: 0 });
      const machines = readLab(stateDirectory, lab);
      if (machines?.kind !== 'machines') throw new Error('no lab of machines');
      const inventory = join(stateDirectory, 'labs', lab, 'inventory.yaml');
      const [source] = await hostsOf(inventory);
      if (source === undefined) throw new Error('no source');
      const stop = AbortSignal.timeout(1_500_000);
      const answer = () =>
        firstAnswer({ host: source.address, port: 7 }, monotonicClock, stop).then(
          ({ instance }) => instance,
        );
      const net = source.address.replace(/\.\d+$/, '');
      await installService(source.shell, `${net}.254:7710`);
      const ends = ['h1', '--target', 'h2', '--hosts', inventory];
      const converted = await place.run('p2v', 'convert', ...ends, '--method', 'offline');
      expect(converted, converted.stderr).toMatchObject({ code: 0 });
      const first = await answer();

      await killMachine(machines, 'h1');
      await killMachine(machines, 'h2');
      await startMachine(machines, 'h2', stop);
      const status = await place.run('p2v', 'status', 'h1', '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({
        runs: 'undecided',
        sight: { target: 'absent', answers: false, committed: true },
      });
      const decided = await place.run('p2v', 'decide', 'h1', '--run', 'target');
      expect(decided, decided.stderr).toMatchObject({ code: 0 });
      expect(await answer()).not.toBe(first);
      await source.shell.close();
    }, 1_600_000);
  },
);
