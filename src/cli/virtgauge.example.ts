import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../base/package-root.ts';
import { seededRandom } from '../base/stats/random.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { blockOrder } from '../harness/runner/order.ts';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command of virtgauge that runs. */
export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
  /** What it has printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly output: () => string;
}

/** The command as users run it; vitest has made it from the sources before the first test. */
const command = [process.execPath, join(packageRoot, 'dist/cli/main.js')];

/**
 * Starts the command line.
 * @param options.env added to the environment
 * @param options.inside a command that runs another one in its place: `nsenter …`
 */
export function startVirtgauge(
  args: readonly string[],
  {
    env,
    cwd = packageRoot,
    inside = [],
  }: { env: Record<string, string>; cwd?: string; inside?: readonly string[] },
): Started {
  const [program = '', ...words] = [...inside, ...command, ...args];
  const child = spawn(program, words, { cwd, env: { ...process.env, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const outcome = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ...{ child, outcome },
    ...{ stdout: () => stdout, stderr: () => stderr, output: () => stdout + stderr },
  };
}

/** A place for tests of the command line: own state and results, the user's own cache of images. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  readonly state = join(this.folder, 'state');

  /** Runs the command line to its end. */
  async run(...args: string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  start(...args: string[]): Started {
    return this.startInside([], ...args);
  }

  /** @param inside a command that runs another one in its place */
  startInside(inside: readonly string[], ...args: string[]): Started {
    return startVirtgauge(args, { env: { VIRTGAUGE_STATE: this.state }, inside });
  }

  /** Ledgers that still hold something. */
  ledgers(): string[] {
    try {
      return readdirSync(join(this.state, 'ledger'));
    } catch {
      return [];
    }
  }

  /** Removes a folder of results. */
  discard(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Processes of QEMU that carry a mark of ours.
 * @param state its folder; those of others that work on this machine meanwhile are left out
 */
export function markedQemus(state?: string): number[] {
  return qemusWith((environment) => {
    const whose = environment.find((each) => each.startsWith('VIRTGAUGE_STATE='));
    const ours = state === undefined || whose === undefined || whose === `VIRTGAUGE_STATE=${state}`;
    return ours && environment.some((each) => each.startsWith('VIRTGAUGE_MARK='));
  });
}

/** Processes of QEMU on this machine, by their environment. */
export function qemusWith(has: (environment: readonly string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return program.includes('qemu-system') && has(environment);
      } catch {
        return false;
      }
    });
}

/** Every trial that the seed plans is there once, completed, with its arm. */
export function expectPlannedTrials(folder: string, seed: string, trialsOfEachArm: number): void {
  const { arms } = readRun(folder);
  const random = seededRandom(seed).fork('order');
  const blocks = Array.from({ length: trialsOfEachArm }, (_, block) => block);
  const planned = blocks.flatMap((block) => blockOrder(arms.length, block, random));
  const done = readTrials(folder)
    .filter(({ repeats }) => repeats === undefined)
    .sort((a, b) => a.trial - b.trial);
  expect(done.map(({ trial, arm, state }) => ({ trial, arm, state }))).toEqual(
    planned.map(({ trial, arm }) => ({ trial, arm: arms[arm], state: 'completed' })),
  );
}
