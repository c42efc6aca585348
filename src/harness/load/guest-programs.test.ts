import { mkdtempSync, rmSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import type { GuestControl } from '../../platform/guest/control/control.ts';
import { localShell } from '../../platform/remote/local.ts';
import { startInGuest } from './guest-programs.ts';

const name = `vg-guest-programs-${process.pid}`;
const folder = mkdtempSync(`/tmp/${name}-`);
afterEach(() => {
  for (const kind of ['pid', 'out', 'code']) rmSync(`/tmp/${name}.${kind}`, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** This machine, spoken to as a guest is. */
const control: Pick<GuestControl, 'start' | 'run' | 'exists' | 'readFile'> = {
  async start(argv) {
    const { exited } = await localShell.start(argv);
    return {
      poll: () => Promise.resolve(undefined),
      wait: () => exited.then(() => ({ code: 0, stdout: '', stderr: '' })),
    };
  },
  run: (argv) => localShell.run(argv).then((output) => ({ code: 0, ...output })),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  readFile,
};
const guest = control as GuestControl;

it('runs until it is stopped, and tells what it printed; quotes reach it as they are', async () => {
  const program = await startInGuest(
    guest,
    name,
    ['sh', '-c', 'echo "$1"; sleep 0.2; echo ready; exec sleep 60', 'x', `it's "quoted" $HOME;`],
    /^ready$/m,
  );
  expect(await program.stop(guest)).toBe(`it's "quoted" $HOME;\nready\n`);
});

it('tells in its own words why it did not begin', async () => {
  const started = startInGuest(guest, name, ['sh', '-c', 'echo no disk >&2; exit 3'], /ready/);
  await expect(started).rejects.toThrow(
    `${name} in the guest ended by itself with code 3: no disk`,
  );
});

it('tells that it ended before it was stopped', async () => {
  const program = await startInGuest(
    guest,
    name,
    ['sh', '-c', 'echo ready; sleep 0.3; exit 4'],
    /r/,
  );
  await new Promise((resolve) => setTimeout(resolve, 800));
  await expect(program.stop(guest)).rejects.toThrow('ended by itself with code 4: ready');
});
