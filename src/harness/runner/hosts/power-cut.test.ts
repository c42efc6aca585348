import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { monotonicClock } from '../../../base/clock.ts';
import { openLedger } from '../../../platform/ledger/ledger.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { HostGroup } from './host-group.ts';
import { powerCut } from './power-cut.ts';
import { requirePower } from './require-power.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-cut-'));
  mkdirSync(join(place, 'run'));
  writeFileSync(join(place, 'run/.virtgauge'), 'token\n');
});
afterEach(() => rmSync(place, { recursive: true }));

/** A host that is off while a file is there; with its power goes what lay in its memory. */
function hostWithPower(on = `rm ${join(place, 'off')}`): Host {
  const off = join(place, 'off');
  const orDown =
    <T extends unknown[], R>(work: (...all: T) => Promise<R>) =>
    (...all: T) =>
      existsSync(off)
        ? Promise.reject(new CommandError('h1', ['true'], 'did not run (no answer)'))
        : work(...all);
  return {
    ...thisMachine('/nonexistent', 'h1'),
    runtime: place,
    entry: {
      ...{ name: 'h1', address: '192.0.2.1', runtime: place, storages: {} },
      ssh: { address: '192.0.2.1', port: 22, user: 'root', knownHosts: ['/nonexistent'] },
      power: { off: `touch ${off}; rm -r ${join(place, 'run')}`, on },
    },
    shell: {
      ...localShell,
      run: orDown((...all) => localShell.run(...all)),
      open: orDown((...all) => localShell.open(...all)),
      readFile: orDown(() => Promise.resolve(Buffer.from('token\n'))),
      writeFile: orDown((...all) => localShell.writeFile(...all)),
    },
  };
}

function cutOf(host: Host) {
  const ledger = openLedger({ stateDirectory: join(place, 'state'), label: 'test' });
  const group = new HostGroup([host], new Map());
  const seen: unknown[] = [];
  const cut = powerCut({
    ...{ host, group, ledger, clock: monotonicClock, folder: () => join(place, 'run') },
    beforehand: () => Promise.resolve(void seen.push(existsSync(join(place, 'off')))),
  });
  return { cut, ledger, group, seen };
}

it('ends with a host that is there, held, and has the folder of the run', async () => {
  const { cut, ledger, group, seen } = cutOf(hostWithPower());
  const { at, back } = await cut;
  expect(seen).toEqual([false]);
  expect(back).toBeGreaterThanOrEqual(at);
  const [token = ''] = ['.virtgauge'].map((name) => join(place, 'run', name)).filter(existsSync);
  expect(token === '' ? '' : readFileSync(token, 'utf8')).toBe('token\n');
  expect(ledger.held).toEqual([]);
  await group.require();
  await group.release();
  ledger.close();
});

it('gives the power back when what happens meanwhile has ended, also badly', async () => {
  const host = hostWithPower();
  const ledger = openLedger({ stateDirectory: join(place, 'state'), label: 'test' });
  const group = new HostGroup([host], new Map());
  const off = join(place, 'off');
  const seen: boolean[] = [];
  const cut = powerCut({
    ...{ host, group, ledger, clock: monotonicClock, folder: () => join(place, 'run') },
    beforehand: () => Promise.resolve(void seen.push(existsSync(off))),
    meanwhile: () => {
      seen.push(existsSync(off));
      return Promise.reject(new Error('nobody came'));
    },
  });
  await expect(cut).rejects.toThrow('nobody came');
  expect(seen).toEqual([false, true]);
  expect(existsSync(off)).toBe(false);
  await ledger.removeAll();
  await group.release();
  ledger.close();
});

it('leaves a host that does not get its power back to the ledger', async () => {
  const host = hostWithPower(`test -f ${join(place, 'plug')} && rm ${join(place, 'off')}`);
  const { cut, ledger } = cutOf(host);
  await expect(cut).rejects.toThrow(/^h1: powerOn: .* ended with code 1/);
  expect(ledger.held.map(({ resource }) => resource.kind)).toEqual(['power']);
  writeFileSync(join(place, 'plug'), '');
  expect((await ledger.removeAll()).failures).toEqual([]);
  expect(existsSync(join(place, 'off'))).toBe(false);
  ledger.close();
});

it('needs another machine, and a way to cut its power', async () => {
  await expect(requirePower([thisMachine('/nonexistent')])).rejects.toThrow(
    'localhost: expected another machine, whose power can be cut, got this one',
  );
  const { entry, ...host } = hostWithPower();
  const without = {
    ...host,
    entry: { ...entry, power: undefined } as unknown as Host['entry'] & object,
  };
  await expect(requirePower([without])).rejects.toThrow('found no way to cut it');
  await requirePower([hostWithPower()]);
});
