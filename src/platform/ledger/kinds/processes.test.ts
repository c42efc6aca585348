import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { livingProcess } from '../living-process.ts';
import { randomToken } from '../ledger.ts';
import { markedProcesses, markEnvironment } from './marked-processes.ts';
import { localShell } from '../../remote/local.ts';
import type { EndingOptions } from './ending.ts';
import { endProcesses } from './processes.ts';
import { endProcessesOn } from './remote-processes.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a shell script; resolves when it has printed something. */
async function start(script: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn('bash', ['-c', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

const ways = {
  'by itself': endProcesses,
  'through a shell': (mark: string, options?: EndingOptions) =>
    endProcessesOn(localShell, `VIRTGAUGE_MARK=${mark}`, options),
};

const isAlive = ({ pid = 0 }: ChildProcess) => livingProcess(pid) !== undefined;

describe.each(Object.entries(ways))('%s', (_way, end) => {
  it('ends the processes with the mark and those that inherited it, and no other', async () => {
    const mark = randomToken();
    const [parent, other, longer, none] = await Promise.all([
      start('sleep 60 & echo; wait', markEnvironment(mark)),
      start('echo; exec sleep 60', markEnvironment(randomToken())),
      start('echo; exec sleep 60', markEnvironment(`${mark}0`)),
      start('echo; exec sleep 60', { OTHER_VIRTGAUGE_MARK: mark }),
    ]);
    expect(await end(mark)).toEqual(
      expect.arrayContaining([
        { what: 'bash process', count: 1 },
        { what: 'sleep process', count: 1 },
      ]),
    );
    expect([parent, other, longer, none].map(isAlive)).toEqual([false, true, true, true]);
    expect(markedProcesses(mark)).toEqual([]);
  });

  it('kills a process that does not heed SIGTERM', async () => {
    const mark = randomToken();
    const child = await start(
      'trap "" TERM; echo; while :; do sleep 60; done',
      markEnvironment(mark),
    );
    await end(mark, { grace: 0.05 });
    expect(isAlive(child)).toBe(false);
    expect(markedProcesses(mark)).toEqual([]);
  });

  it('ends also what a process starts while it is being ended', async () => {
    const mark = randomToken();
    await start(
      'trap "sleep 60 & disown; exit" TERM; echo; sleep 60 & wait',
      markEnvironment(mark),
    );
    await end(mark);
    expect(markedProcesses(mark)).toEqual([]);
  });

  it('finds nothing to do', async () => {
    expect(await end(randomToken())).toEqual([]);
  });
});

it('spares the process that cleans', () => {
  const mark = randomToken();
  const script = `
    import { endProcesses } from ${JSON.stringify(join(import.meta.dirname, 'processes.ts'))};
    const ended = await endProcesses(${JSON.stringify(mark)});
    // Where a file was never compiled before, tsx runs its compiler beside us, with our mark.
    console.log(JSON.stringify(ended.filter(({ what }) => !what.startsWith('esbuild'))));`;
  const out = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', env: { ...process.env, ...markEnvironment(mark) } },
  );
  expect(out).toBe('[]\n');
});
