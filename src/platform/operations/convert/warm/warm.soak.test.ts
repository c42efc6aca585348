import { afterEach, describe, expect, it } from 'vitest';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { compareDisks } from '../check/compare-disks.ts';
import type { ConversionEvent } from '../conversion.ts';
import { convertMachine, type ConvertedMachine, type ConvertSettings } from '../convert-machine.ts';
import { useConvertLab } from '../faults/convert-lab.example.ts';
import type { ConversionRequest } from '../request.ts';

const missing = missingForMachines();
const stop = AbortSignal.timeout(3_000_000);
/** Any event is one too many for it. */
const tiny = { buffer: 256, buffers: 2 };

describe.skipIf(missing.length > 0)(
  `a machine that is copied while it serves and writes (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const lab = useConvertLab('warm');
    const converted: ConvertedMachine[] = [];
    afterEach(async () => {
      for (const { guest, vmm } of converted.splice(0)) {
        await guest?.destroy();
        await vmm?.shell.close();
      }
    });

    async function convert(
      method: 'warm' | 'warm-switch',
      request: ConversionRequest,
      changes: Partial<ConvertSettings> = {},
    ) {
      const events: ConversionEvent[] = [];
      const settings = { downtimeLimit: 0.3, bandwidth: undefined, timeout: 900, ...changes };
      const result = await convertMachine(method, request, settings, stop, (event) => {
        events.push(event);
        if (event.event === 'progress') return;
        console.log(event.at.toFixed(2), event.event, JSON.stringify(event.figures ?? {}));
      });
      converted.push(result);
      const passes = events.flatMap(({ event, figures }) =>
        event === 'pass' && figures !== undefined ? [figures] : [],
      );
      const order = events.map(({ event }) => event);
      return { result, passes, order };
    }

    /** Acknowledged writes that the machine does not have, wherever it runs now. */
    async function missingWrites(): Promise<unknown> {
      const [machine] = await lab().connect();
      await machine.shell.run(['busybox', 'killall', 'vg-guest']);
      const { stdout } = await machine.shell.run([
        ...(['/usr/sbin/vg-guest', 'witness-check', '--file', '/var/lib/vg/witness'] as const),
        ...['--bytes', '4194304', '--acknowledged', String(lab().acknowledged.highest)],
      ]);
      return JSON.parse(stdout);
    }
    const nothing = { missingAcknowledgedCount: 0, corrupt: [] };

    async function differing(request: ConversionRequest, { frozen, vmm }: ConvertedMachine) {
      if (frozen === undefined) throw new Error('the disk was not kept');
      const compared = await compareDisks(
        { disks: request.facts.disks, target: request.target.host, clock: request.source.clock },
        frozen,
        vmm,
        stop,
      );
      expect(compared.bytes).toBeGreaterThan(50e6);
      return compared.different;
    }

    it('loses no acknowledged write, and its copy is the same at the cut-over', async () => {
      const request = { ...(await lab().fresh()), verify: true };
      const { result, passes, order } = await convert('warm', request);
      expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
      const inOrder = ['pass', 'cut-over', 'synced', 'copied', 'tombstone', 'target-running'];
      expect(order.filter((each) => inOrder.includes(each)).at(-1)).toBe('target-running');
      expect(order.indexOf('tombstone')).toBeGreaterThan(order.indexOf('copied'));
      // Only the first pass was over all of it: the trace told the rest.
      expect(passes.map(({ whole }) => whole)).toEqual([1, ...passes.slice(1).map(() => 0)]);
      expect(passes.at(-1)?.bytes).toBeLessThan((passes[0]?.bytes ?? 0) / 10);
      expect(await lab().serving()).toBe('target');
      expect(await missingWrites()).toMatchObject(nothing);
      expect(await differing(request, result)).toBe(0);
    });

    it('compares everything where the kernel dropped events, and loses nothing then either', async () => {
      const request = { ...(await lab().fresh()), verify: true };
      const { result, passes } = await convert('warm', request, { tracker: tiny, budget: 600 });
      expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
      expect(passes[0]).toMatchObject({ whole: 1, lost: 1 });
      expect(passes.at(-1)).toMatchObject({ whole: 1, last: 1 });
      expect(await missingWrites()).toMatchObject(nothing);
      expect(await differing(request, result)).toBe(0);
    });

    it('goes on unharmed where passes get no shorter: nothing is left of the conversion', async () => {
      const request = await lab().fresh();
      const config = await request.source.shell.readFile('/boot/grub/grub.cfg');
      const known = lab().acknowledged.highest;
      const { result, order } = await convert('warm', request, { tracker: false, budget: 0.001 });
      expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
      expect(result.state === 'failed' && result.reason).toMatch(/did not converge/);
      expect(order).not.toContain('cut-over');
      expect(await lab().serving()).toBe('source');
      expect(lab().acknowledged.highest).toBeGreaterThan(known);
      expect(await request.source.shell.readFile('/boot/grub/grub.cfg')).toEqual(config);
    });

    it('as a switch: the mirror brings what was written since, and nothing is lost', async () => {
      const request = { ...(await lab().fresh()), verify: true };
      const { result, passes, order } = await convert('warm-switch', request);
      expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
      expect(order.indexOf('mirror-ready')).toBeGreaterThan(order.lastIndexOf('pass'));
      expect(order.lastIndexOf('pass')).toBeGreaterThan(order.indexOf('vmm-answered'));
      expect(passes.at(-1)?.bytes).toBeLessThan((passes[0]?.bytes ?? 0) / 10);
      expect(await lab().serving()).toBe('target');
      expect(await missingWrites()).toMatchObject(nothing);
      expect(await differing(request, result)).toBe(0);
    });
  },
);
