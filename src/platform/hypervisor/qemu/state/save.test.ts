import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { monotonicClock } from '../../../../base/clock.ts';
import { JsonLines } from '../../../remote/json-lines.ts';
import type { Guest } from '../../hypervisor.ts';
import { keepMonitor } from '../monitor.ts';
import { Qmp } from '../qmp.ts';
import { loadState } from './load.ts';
import { saveState } from './save.ts';

interface Command {
  execute: string;
  arguments: Record<string, unknown>;
  id: number;
}

interface Fake {
  version: [major: number, minor: number];
  capabilities?: string[];
  /** What becomes of saving or loading. */
  ends?: 'completed' | 'failed';
  /** Why the process ends instead. */
  gone?: string;
}

/** A guest of a QEMU of another version than the one here, and all commands that it gets. */
async function fakeGuest({ version: [major, minor], capabilities = [], ends, gone }: Fake) {
  const [ours, theirs] = duplexPair();
  const commands: Pick<Command, 'execute' | 'arguments'>[] = [];
  const answers: Record<string, unknown> = {
    'query-version': { qemu: { major, minor, micro: 0 } },
    'query-migrate-capabilities': capabilities.map((capability) => ({ capability, state: false })),
    'query-migrate': { 'error-desc': 'no luck' },
    'qom-get': 'pc-q35-9.0-machine',
  };
  let end: (why: string) => void = () => undefined;
  const lines = new JsonLines(
    theirs,
    (message) => {
      const { execute, arguments: args, id } = message as unknown as Command;
      commands.push({ execute, arguments: args });
      lines.write({ id, return: answers[execute] ?? {} });
      if (execute !== 'migrate' && execute !== 'migrate-incoming') return;
      if (gone !== undefined) end(gone);
      else lines.write({ event: 'MIGRATION', data: { status: ends } });
    },
    () => undefined,
  );
  lines.write({ QMP: { capabilities: [] } });
  const guest = {
    host: { shell: { run: () => Promise.resolve({ stdout: '4096\n', stderr: '' }) } },
    spec: { directory: '/run' },
    gone: new Promise((resolve) => (end = resolve)),
    pause: () => Promise.resolve(),
  } as unknown as Guest;
  keepMonitor(guest, await Qmp.connect(ours, monotonicClock));
  return { guest, commands };
}

const { signal } = new AbortController();
const mapped = { capability: 'mapped-ram', state: true };

it('saves with mapped-ram where QEMU can', async () => {
  const { guest, commands } = await fakeGuest({
    version: [9, 0],
    capabilities: ['mapped-ram'],
    ends: 'completed',
  });
  expect(await saveState(guest, '/s', signal)).toEqual({
    ...{ path: '/s', form: 'mapped', machineType: 'pc-q35-9.0', bytes: 4096 },
  });
  const set = commands.find(({ execute }) => execute === 'migrate-set-capabilities');
  expect(set?.arguments.capabilities).toContainEqual(mapped);
  expect(commands).toContainEqual({ execute: 'migrate', arguments: { uri: 'file:/s' } });
});

it('saves a stream where a version that could have mapped-ram lacks it', async () => {
  const { guest, commands } = await fakeGuest({ version: [9, 0], ends: 'completed' });
  expect((await saveState(guest, '/s', signal)).form).toBe('stream');
  expect(JSON.stringify(commands)).not.toContain('mapped-ram');
});

it('loads as it was saved', async () => {
  const { guest, commands } = await fakeGuest({ version: [9, 0], ends: 'completed' });
  await loadState(guest, { path: '/s', form: 'mapped', machineType: 'pc', bytes: 1 }, signal);
  expect(JSON.stringify(commands)).toContain(JSON.stringify(mapped));
});

it.each<[string, Partial<Fake>, string]>([
  ['refuses', { ends: 'failed' }, 'its state was not saved to /s: no luck'],
  ['ends', { gone: 'QEMU ended with code 1' }, 'its state was not saved to /s: QEMU ended'],
])('says why nothing was saved by a QEMU that %s', async (_, how, message) => {
  const { guest } = await fakeGuest({ version: [8, 2], ...how });
  await expect(saveState(guest, '/s', signal)).rejects.toThrow(message);
});

it('ends with the signal where QEMU says nothing', async () => {
  const { guest } = await fakeGuest({ version: [8, 2] });
  const saving = saveState(guest, '/s', AbortSignal.abort(new Error('interrupted')));
  await expect(saving).rejects.toThrow('interrupted');
});
