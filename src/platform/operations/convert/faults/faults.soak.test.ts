import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { capWire } from '../../../lab/machines/network.ts';
import { localShell } from '../../../remote/local.ts';
import { clearBootPath } from '../boot-path/boot-path.ts';
import type { OnConversionEvent } from '../conversion.ts';
import { convertMachine, type RunnableMethod } from '../convert-machine.ts';
import type { ConversionRequest } from '../request.ts';
import { readRecord } from '../standing/record.ts';
import { standingOf } from '../standing/standing.ts';
import { useConvertLab } from './convert-lab.example.ts';

const missing = missingForMachines();
const settings = { downtimeLimit: 0.3, bandwidth: undefined, timeout: 300 };

describe.skipIf(missing.length > 0)(
  `conversions with faults (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const lab = useConvertLab('faults');

    async function convert(
      method: RunnableMethod,
      request: ConversionRequest,
      changes: Partial<typeof settings> = {},
      onEvent: OnConversionEvent = () => undefined,
    ) {
      const signal = new AbortController().signal;
      const all = { ...settings, ...changes };
      const result = await convertMachine(method, request, all, signal, onEvent);
      await result.vmm?.shell.close();
      const sight = await lab().sight(request.work);
      return { result, sight, runs: standingOf(sight).runs, serves: await lab().serving(60) };
    }

    it('goes on at the source, saying why, where the target is full', async () => {
      const request = await lab().fresh();
      const { shell } = request.target.host;
      // What is left takes less than the machine has.
      const fill =
        'free=$(df -k /var/lib/vg | tail -n 1 | tr -s " " | cut -d " " -f 4); fallocate -l $((free - 120000))k /var/lib/vg/filler';
      await shell.run(['sh', '-c', fill]);
      const { result, runs, serves } = await convert('native-switch', request);
      await shell.run(['rm', '/var/lib/vg/filler']);
      expect(result).toMatchObject({ state: 'failed', survivor: 'source-guest' });
      expect(result.state === 'failed' && result.reason).toMatch(/No space left/);
      expect([runs, serves]).toEqual(['source-guest', 'source-guest']);
    });

    it('starts its own system where the VMM image does not start', async () => {
      const request = await lab().fresh();
      const broken = join(tmpdir(), `virtgauge-broken-${process.pid}`);
      writeFileSync(broken, Buffer.alloc(4096, 'no initramfs'));
      const ends = new AbortController();
      const restarting = lab().restartWhereItEnds(ends.signal);
      try {
        const image = { ...request.image, initramfs: broken };
        const { result, runs, serves } = await convert('native-switch', { ...request, image });
        expect(result).toMatchObject({ state: 'failed' });
        const reason = result.state === 'failed' ? result.reason : '';
        expect(reason).toMatch(/has started again by itself|did not answer/);
        expect([runs, serves]).toEqual(['source', 'source']);
      } finally {
        ends.abort();
        await restarting;
      }
      const [source] = await lab().connect();
      await clearBootPath(source.shell, readRecord(request.work).bootPath);
    });

    it('gives up a machine that writes faster than the wire carries, which serves on', async () => {
      const request = await lab().fresh();
      await capWire(localShell, lab().record, 'h2', 20_000_000);
      try {
        const known = lab().acknowledged.highest;
        const churn = 'while :; do head -c 64M /dev/urandom > /var/lib/vg/churn; sync; done';
        const { result, runs, serves } = await convert(
          'native-switch',
          request,
          { timeout: 45 },
          ({ event }) => {
            if (event !== 'vmm-answered') return;
            request.source.shell.lostPower?.();
            void request.source.shell.start(['sh', '-c', churn]).catch(() => undefined);
          },
        );
        expect(result).toMatchObject({
          state: 'failed',
          survivor: 'source-guest',
          reason: expect.stringContaining('did not converge within 45 s') as string,
        });
        expect([runs, serves]).toEqual(['source-guest', 'source-guest']);
        expect(lab().acknowledged.highest).toBeGreaterThan(known);
      } finally {
        await capWire(localShell, lab().record, 'h2', undefined);
      }
    });
  },
);
