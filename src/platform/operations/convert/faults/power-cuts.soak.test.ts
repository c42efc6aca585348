import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import type { ConversionBoundary } from '../conversion.ts';
import { convertMachine, type ConvertedMachine } from '../convert-machine.ts';
import { standingOf, type Sight, type Standing } from '../standing/standing.ts';
import { useConvertLab, type Serving } from './convert-lab.example.ts';
import { KeptRows } from './kept-rows.example.ts';

type Phase = ConversionBoundary | 'progress';
type Method = 'native-switch' | 'offline';
/** Whose power, or whose wire. */
type Cut = 'source' | 'target' | 'wire of source' | 'wire of target';

interface Row {
  key: string;
  method: Method;
  phase: Phase;
  cut: Cut;
  /** What the process that converts said at its end. */
  ended: string;
  /** Who serves while the power is away, and what status says. */
  'serves without it': Serving;
  'status without it': Standing['runs'];
  /** The same when the power is back. */
  'serves then': Serving;
  'status then': Standing['runs'];
  'status is true': boolean;
}

const cuts: Record<Method, Partial<Record<Cut, Phase[]>>> = {
  'native-switch': {
    source: [
      ...(['staged', 'cut-over', 'synced', 'kexec', 'guest-answered', 'progress'] as const),
      ...(['mirror-ready', 'guest-stopped', 'tombstone', 'target-running', 'committed'] as const),
    ],
    target: [
      ...(['staged', 'kexec', 'progress', 'mirror-ready', 'guest-stopped', 'tombstone'] as const),
      ...(['target-running', 'committed'] as const),
    ],
    'wire of source': ['kexec', 'progress', 'mirror-ready', 'guest-stopped', 'tombstone'],
    'wire of target': ['progress', 'mirror-ready', 'guest-stopped', 'tombstone'],
  },
  offline: {
    source: [
      ...(['staged', 'cut-over', 'synced', 'kexec', 'vmm-answered', 'copied'] as const),
      ...(['tombstone', 'target-running', 'committed'] as const),
    ],
    target: ['staged', 'kexec', 'vmm-answered', 'copied', 'tombstone', 'target-running'],
    'wire of target': ['vmm-answered', 'tombstone'],
  },
};
const all = (Object.keys(cuts) as Method[]).flatMap((method) =>
  (Object.keys(cuts[method]) as Cut[]).flatMap((cut) =>
    (cuts[method][cut] ?? []).map((phase) => ({
      method,
      cut,
      phase,
      key: `${method} ${cut} ${phase}`,
    })),
  ),
);

const about = `
# Power cuts and link cuts of conversions

The machine of one end was killed, or its wire taken at the switch, in the moment in which a phase was told. Then it was looked who serves, seen from outside, and what \`p2v status\` says of it; once more when power or wire was back. A row counts only where never both served and status was true; anything else fails the test. \`unknown\` is true where the end that could tell has no power. Made in a lab of two machines under software emulation, by \`npx vitest run --project soak src/platform/operations/convert/faults/power-cuts.soak.test.ts\`, which goes on where it was.`;

const missing = missingForMachines();
const kept = new KeptRows<Row>('power-cuts');
/** Phases in which nobody but the source itself could tell more: the process stops waiting. */
const early: readonly Phase[] = ['staged', 'cut-over', 'stopped', 'synced', 'kexec'];
/** Seconds after which it does. */
const waits = 15;
/** Seconds for the machine to start and answer. */
const starting = 90;

/** Whether what status says is what was seen from outside, where that can be told. */
function isTrue(runs: Standing['runs'], serves: Serving, sight: Sight): boolean {
  if (runs === 'undecided' || runs === 'nobody') return serves === 'nobody';
  // Not to know is true only where somebody cannot be asked.
  if (runs === 'unknown') {
    return sight.vmm === undefined && (serves === 'nobody' || sight.target === 'out-of-reach');
  }
  return runs === serves;
}

describe.skipIf(missing.length > 0)(
  `power cuts of conversions (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const left = all.filter(({ key }) => !kept.has(key));
    const lab = useConvertLab('cuts', { patient: true, needed: left.length > 0 });
    afterAll(() => {
      console.log(
        kept.page(
          about,
          [
            ...(['method', 'phase', 'cut', 'serves without it', 'status without it'] as const),
            ...(['serves then', 'status then', 'status is true', 'ended'] as const),
          ],
          all.map(({ key }) => key),
        ),
      );
    });

    it.each(left)('$method, $phase: the $cut', async ({ key, method, cut, phase }) => {
      const request = await lab().fresh();
      const host = cut.endsWith('source') ? 'h1' : 'h2';
      const wire = cut.startsWith('wire');
      const stop = new AbortController();
      const restarts = new AbortController();
      let cutting: Promise<void> | undefined;
      const take = async () => {
        if (cut === 'source') restarts.abort();
        if (wire) lab().wire(host, 'down');
        else await lab().cutPower(host);
        if (early.includes(phase) && host === 'h1') {
          await sleep(waits * 1000);
          stop.abort(new Error('it is known to be gone'));
        }
      };
      const restarting =
        method === 'offline' ? lab().restartWhereItEnds(restarts.signal) : undefined;
      let result: ConvertedMachine;
      try {
        result = await convertMachine(
          method,
          request,
          { downtimeLimit: 0.3, bandwidth: undefined, timeout: 300 },
          stop.signal,
          ({ event }) => {
            if (event === phase) cutting ??= take();
          },
        );
      } catch (error) {
        result = { state: 'failed', reason: (error as Error).message, survivor: 'undecided' };
      }
      restarts.abort();
      await restarting;
      expect(cutting, result.state === 'failed' ? result.reason : result.state).toBeDefined();
      await cutting;
      result.vmm?.shell.lostPower?.();
      await result.vmm?.shell.close();
      await lab().closeShells();

      const without = await look(request.work);
      let started: 'own' | 'vmm' | undefined;
      if (wire) lab().wire(host, 'up');
      else if (host === 'h1') started = await lab().powerSource();
      else await lab().powerTarget();
      const then = await look(request.work, started === 'own' ? starting : 12);
      const row: Row = {
        ...{ key, method, phase, cut },
        ended: result.state === 'completed' ? 'completed' : `${result.survivor}: ${result.reason}`,
        'serves without it': without.serves,
        'status without it': without.runs,
        'serves then': then.serves,
        'status then': then.runs,
        'status is true': without.isTrue && then.isTrue,
      };
      console.log(JSON.stringify(row));
      expect(row['status is true'], JSON.stringify({ row, without, then })).toBe(true);
      kept.add(row);
    });

    it('are all made, and status was true in each', () => {
      const { rows } = kept;
      const sound = rows.filter((row) => row['status is true']).map(({ key }) => key);
      expect(all.map(({ key }) => key).filter((key) => !sound.includes(key))).toEqual([]);
    });

    async function look(work: string, seconds?: number) {
      const sight = await lab().sight(work);
      // It may have been let go just before the wire was taken: it starts.
      const serves = await lab().serving(sight.target === 'runs' ? starting : seconds);
      const { runs } = standingOf(sight);
      // Never two, whatever anybody says.
      const atSource = lab().sourceIsOwn || sight.vmm?.guestRuns === true;
      expect(atSource && sight.target === 'runs', JSON.stringify({ sight, serves })).toBe(false);
      return { runs, serves, sight, isTrue: isTrue(runs, serves, sight) };
    }
  },
);
