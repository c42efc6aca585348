import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../../base/package-root.ts';
import type { Host } from '../../../remote/host.ts';
import type { ConversionBoundary } from '../conversion.ts';
import type { StagedVmm } from './stage.ts';

const script = join(packageRoot, 'src/platform/operations/convert/vmm/cut-over.sh');

/** Seconds without a word: what takes long says every ten that it is still at work. */
const patience = 60;
/** Seconds after which a machine that is held starts again unless it is told to wait. */
const waiting = 60;

type Step = Extract<ConversionBoundary, 'cut-over' | 'stopped' | 'synced' | 'kexec'>;
const steps: readonly string[] = ['cut-over', 'stopped', 'synced', 'kexec'] satisfies Step[];

/**
 * Ends the machine's service and lets its kernel give way to the loaded VMM; resolves when it does.
 * From the first step on there is no way back but a start of the machine.
 * @param onStep gets each step with the moment in which it was told, in seconds on our clock
 * @throws Error that says after which step nothing came any more
 */
export async function cutOver(
  host: CutHost,
  staged: Pick<StagedVmm, 'kexec'>,
  onStep: OnStep,
): Promise<void> {
  const { until, close } = await begin(host, staged, onStep);
  try {
    await until('kexec');
  } finally {
    close();
  }
}

/** A machine whose service has ended, and whose file systems are read-only: its own kernel runs it still. */
export interface HeldMachine {
  /** Its kernel gives way to the VMM; nothing of the machine runs any more when it resolves. */
  leave(): Promise<void>;
  /** It starts again, by its own boot path. */
  startAgain(): void;
}

/**
 * The same, but its kernel does not give way before it is told to. Whoever loses the connection to it
 * lets it start again.
 * @param spared pids of the machine's programs that go on
 */
export async function holdMachine(
  host: CutHost,
  staged: Pick<StagedVmm, 'kexec'>,
  spared: readonly number[],
  onStep: OnStep,
): Promise<HeldMachine> {
  const { until, close, process } = await begin(host, staged, onStep, {
    ...{ VG_HOLD: String(waiting), VG_SPARED: spared.join(' ') },
  });
  try {
    await until('synced');
  } catch (error) {
    process.stdin.end();
    close();
    throw error;
  }
  const wait = setInterval(() => process.stdin.write('wait\n'), (waiting / 4) * 1000);
  void process.exited.then(() => clearInterval(wait));
  return {
    async leave() {
      clearInterval(wait);
      try {
        const left = until('kexec');
        process.stdin.write('go\n');
        await left;
      } finally {
        close();
      }
    },
    startAgain() {
      clearInterval(wait);
      process.stdin.end('no\n');
      setTimeout(close, 1000);
    },
  };
}

type CutHost = Pick<Host, 'shell' | 'clock' | 'name'>;
type OnStep = (step: Step, at: number) => void;

/** Runs the script; `until` resolves once a step is told. */
async function begin(
  { shell, clock, name }: CutHost,
  { kexec }: Pick<StagedVmm, 'kexec'>,
  onStep: OnStep,
  env: Readonly<Record<string, string>> = {},
) {
  const text = await readFile(script, 'utf8');
  const process = await shell.open(['sh', '-c', text, 'cut-over', ...kexec], { env });
  // What is lost with the connection is told by `exited`.
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => undefined);
  let last = 'it began';
  let look: () => void = () => undefined;
  const lines = createInterface({ input: process.stdout });
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const step = /^vg-cut-over (\S+)$/.exec(line)?.[1] ?? '';
    if (steps.includes(step)) {
      last = step;
      onStep(step as Step, clock.now());
    } else if (step !== 'working') return;
    look();
  });
  const until = async (wanted: Step) => {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${name}: cut-over: after ${last}, ${why}`));
        look = () => {
          clearTimeout(timer);
          timer = setTimeout(() => fail(`nothing for ${patience} s`), patience * 1000);
          if (steps.indexOf(last) >= steps.indexOf(wanted)) resolve();
        };
        look();
        void process.exited.then(({ code, stderr, lost }) => {
          // The last line itself may be lost with the connection.
          if (last === 'synced' && lost !== undefined) resolve();
          else fail(lost ?? `code ${code ?? 'unknown'}: ${stderr.trim()}`);
        });
      });
    } finally {
      clearTimeout(timer);
      look = () => undefined;
    }
  };
  // The other end of the connection is gone, and will never say so.
  return { until, process, close: () => shell.lostPower?.() };
}
