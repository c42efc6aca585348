import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clean, cleanRun } from './clean.ts';
import { tokenFile } from './kinds/directory.ts';
import { markedProcesses } from './kinds/marked-processes.ts';
import { formatLine, ledgerFileName, ledgerFolder, listLedgers } from './ledger-file.ts';
import { openLedger, randomToken } from './ledger.ts';
import { currentOwner, type Owner } from './owner.ts';
import type { Resource } from './resource.ts';

let work: string;
let stateDirectory: string;
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-clean-')));
  stateDirectory = join(work, 'state');
});
afterEach(() => rmSync(work, { recursive: true }));

/** A ledger as another process would have left it; returns its path. */
function leave(label: string, difference: Partial<Owner>, ...resources: Resource[]): string {
  mkdirSync(ledgerFolder(stateDirectory), { recursive: true });
  const owner = { ...currentOwner(), ...difference };
  const path = join(ledgerFolder(stateDirectory), ledgerFileName(label, owner, 1));
  const lines = resources.map((resource, id) => formatLine({ entered: id, resource }));
  writeFileSync(path, lines.join(''));
  return path;
}

/** A directory of ours; all of them have one token, so that only the ledger tells them apart. */
function makeDirectory(name: string): Resource {
  const path = join(work, name);
  const token = '0123456789abcdef';
  mkdirSync(path);
  writeFileSync(join(path, tokenFile), token);
  return { kind: 'directory', path, token };
}

const dead = { start: '1' };

describe('clean', () => {
  it('leaves what another user has left, whose processes it may not see', async () => {
    const path = leave('theirs', { start: '1' }, makeDirectory('of-theirs'));
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(4711);
    const { cleaned, skipped } = await clean({ stateDirectory }).finally(() => user.mockRestore());
    expect({ cleaned, skipped }).toMatchObject({ cleaned: [], skipped: [{ path, why: 'user' }] });
    expect(readdirSync(work)).toContain('of-theirs');
    expect((await clean({ stateDirectory })).cleaned).toMatchObject([{ path, failures: [] }]);
  });

  it('handles the dead and leaves the living and those elsewhere alone', async () => {
    leave('dead', dead, makeDirectory('a'));
    leave('alive', {}, makeDirectory('b'));
    leave('far', { boot: 'b007', machine: 'far' }, makeDirectory('c'));
    const { cleaned, skipped } = await clean({ stateDirectory });
    expect(cleaned).toMatchObject([
      { label: 'dead', removed: [{ what: 'work folder', count: 1 }] },
    ]);
    expect(skipped).toMatchObject([
      { label: 'alive', why: 'alive', pid: process.pid },
      { label: 'far', why: 'elsewhere', machine: 'far' },
    ]);
    expect(readdirSync(work)).toEqual(['b', 'c', 'state']);
    expect(listLedgers(stateDirectory).map(({ label }) => label)).toEqual(['alive', 'far']);
  });

  it('can be kept to one run', async () => {
    leave('one', dead, makeDirectory('a'));
    leave('other', dead, makeDirectory('b'));
    expect((await cleanRun(stateDirectory, 'one')).cleaned).toHaveLength(1);
    expect(readdirSync(work)).toEqual(['b', 'state']);
  });

  it('keeps what could not be removed, and only that, for the next time', async () => {
    const stuck = makeDirectory('b');
    writeFileSync(join(work, 'b', tokenFile), 'not ours any more');
    leave('run', dead, makeDirectory('a'), stuck);
    expect((await clean({ stateDirectory })).cleaned).toMatchObject([
      { removed: [{ count: 1 }], failures: [{ what: join(work, 'b') }] },
    ]);
    // Made in the meantime.
    makeDirectory('a');
    rmSync(join(work, 'b'), { recursive: true });
    expect((await clean({ stateDirectory })).cleaned).toMatchObject([
      { removed: [], failures: [] },
    ]);
    expect(readdirSync(work)).toEqual(['a', 'state']);
    expect(listLedgers(stateDirectory)).toEqual([]);
  });

  it('is not stopped by a last line that was cut off', async () => {
    const path = leave('run', dead, makeDirectory('a'));
    appendFileSync(path, '{"entered":1,"resource":{"kind":"di');
    expect((await clean({ stateDirectory })).cleaned).toMatchObject([{ failures: [] }]);
    expect(readdirSync(work)).toEqual(['state']);
    expect(listLedgers(stateDirectory)).toEqual([]);
  });

  it('reports what it does not understand, and keeps it', async () => {
    const path = leave('run', dead, makeDirectory('a'));
    appendFileSync(path, '{"entered":1,"resource":{"kind":"wormhole"}}\n');
    const { cleaned } = await clean({ stateDirectory });
    expect(cleaned[0]?.failures[0]?.reason).toContain('this version cannot read');
    expect(listLedgers(stateDirectory)).toHaveLength(1);
  });

  it('may run several times at once, and counts everything once', async () => {
    for (const label of ['a', 'b', 'c']) {
      const path = join(work, label);
      mkdirSync(path);
      const mark = { kind: 'processes', mark: randomToken() } as const;
      leave(label, dead, mark, { kind: 'directory', path, token: randomToken() });
    }
    const summaries = await Promise.all([1, 2, 3].map(() => clean({ stateDirectory })));
    expect(summaries.flatMap(({ cleaned }) => cleaned.flatMap(({ failures }) => failures))).toEqual(
      [],
    );
    expect(readdirSync(work)).toEqual(['state']);
    expect(listLedgers(stateDirectory)).toEqual([]);
  });

  it('finds nothing where nothing ever was', async () => {
    expect(await clean({ stateDirectory })).toEqual({ cleaned: [], skipped: [] });
  });

  it('leaves nothing of an owner that was killed, whenever that was', async () => {
    const mark = randomToken();
    const file = (name: string) => JSON.stringify(join(import.meta.dirname, name));
    const script = `
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      import { markEnvironment } from ${file('kinds/marked-processes.ts')};
      import { openLedger } from ${file('ledger.ts')};
      import { createOwnedDirectory } from ${file('owned-directory.ts')};
      const work = ${JSON.stringify(work)};
      const ledger = openLedger({ stateDirectory: ${JSON.stringify(stateDirectory)}, label: 'run' });
      const mark = ${JSON.stringify(mark)};
      ledger.enter({ kind: 'processes', mark });
      const env = { ...process.env, ...markEnvironment(mark) };
      console.log('ready');
      for (let turn = 0; ; turn++) {
        const { path, entry } = createOwnedDirectory(ledger, work + '/run-' + turn);
        writeFileSync(path + '/disk.raw', 'x'.repeat(10_000));
        if (turn % 4 === 0) spawn('sleep', ['60'], { env, stdio: 'ignore', detached: true });
        if (turn % 3 === 0) await ledger.remove(entry);
        await new Promise(setImmediate);
      }`;
    for (const delay of [0, 5, 19]) {
      const owner = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', script],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(owner.stdout, 'data');
      await sleep(delay);
      expect((await clean({ stateDirectory })).skipped).toMatchObject([{ pid: owner.pid }]);
      owner.kill('SIGKILL');
      await once(owner, 'exit');
      expect((await clean({ stateDirectory })).cleaned).toMatchObject([{ failures: [] }]);
      expect(readdirSync(work)).toEqual(['state']);
      expect(markedProcesses(mark)).toEqual([]);
      expect(readdirSync(ledgerFolder(stateDirectory))).toEqual([]);
    }
  }, 30_000);
});

it('an open ledger of this process is never cleaned by it', async () => {
  const ledger = openLedger({ stateDirectory, label: 'run' });
  ledger.enter(makeDirectory('a'));
  expect((await clean({ stateDirectory })).cleaned).toEqual([]);
  expect(readdirSync(work)).toContain('a');
  await ledger.removeAll();
  ledger.close();
});
