import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../../base/package-root.ts';
import type { Host } from '../../../remote/host.ts';
import type { ConversionBoundary } from '../conversion.ts';
import type { StagedVmm } from './stage.ts';

const script = join(packageRoot, 'src/platform/operations/convert/vmm/cut-over.sh');

/** Seconds from one step to the next: programs get ten to end by themselves. */
const patience = 60;

type Step = Extract<ConversionBoundary, 'cut-over' | 'stopped' | 'synced' | 'kexec'>;
const steps: readonly string[] = ['cut-over', 'stopped', 'synced', 'kexec'] satisfies Step[];

/**
 * Ends the machine's service and lets its kernel give way to the loaded VMM; resolves when it does.
 * From the first step on there is no way back but a start of the machine.
 * @param onStep gets each step with the moment in which it was told, in seconds on our clock
 * @throws Error that says after which step nothing came any more
 */
export async function cutOver(
  { shell, clock, name }: Pick<Host, 'shell' | 'clock' | 'name'>,
  { kexec }: Pick<StagedVmm, 'kexec'>,
  onStep: (step: Step, at: number) => void,
): Promise<void> {
  const text = await readFile(script, 'utf8');
  const process = await shell.open(['sh', '-c', text, 'cut-over', ...kexec]);
  // What is lost with the connection is told by `exited`.
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let last = 'it began';
      const fail = (why: string) => reject(new Error(`${name}: cut-over: after ${last}, ${why}`));
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(`nothing for ${patience} s`), patience * 1000);
      };
      wait();
      const lines = createInterface({ input: process.stdout });
      lines.on('error', () => undefined);
      lines.on('line', (line) => {
        const step = /^vg-cut-over (\S+)$/.exec(line)?.[1] ?? '';
        if (!steps.includes(step)) return;
        last = step;
        onStep(step as Step, clock.now());
        if (step === 'kexec') resolve();
        else wait();
      });
      void process.exited.then(({ code, stderr, lost }) => {
        // The last line itself may be lost with the connection.
        if (last === 'synced' && lost !== undefined) resolve();
        else fail(lost ?? `code ${code ?? 'unknown'}: ${stderr.trim()}`);
      });
    });
  } finally {
    clearTimeout(timer);
    // The other end of the connection is gone, and will never say so.
    shell.lostPower?.();
  }
}
