import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../remote/host.ts';
import { localShell } from '../remote/local.ts';
import { CommandError } from '../remote/shell.ts';
import { thisMachine } from '../remote/this-machine.ts';
import { whyNotCompile } from './guest-service.example.ts';
import { hostProgram } from './host-program.ts';

const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(`vg-host${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let cache: string;
  let uploads: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-host-program-'));
    cache = join(folder, 'own');
    uploads = [];
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A host with a cache of its own that is reached by ssh, as far as one can tell. */
  function elsewhere(): Host {
    const ssh = { host: 'h', port: 22, user: 'u', keys: [], knownHosts: [] };
    const shell = {
      ...localShell,
      async upload(from: string, to: string) {
        uploads.push(to);
        await localShell.upload(from, to);
      },
    };
    const there = { ...thisMachine(join(folder, 'there/cache')), shell };
    return { ...there, entry: { ssh } as unknown as NonNullable<Host['entry']> };
  }

  it('is compiled once, and used as it stands on this machine', async () => {
    const path = await hostProgram(thisMachine('/nowhere'), cache);
    const { mtimeMs } = statSync(path);
    expect(await hostProgram(thisMachine('/nowhere'), cache)).toBe(path);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect(path.startsWith(cache)).toBe(true);
    await expect(localShell.run([path])).rejects.toMatchObject({ code: 2 });
  }, 60_000);

  it('is put into the cache of another host once, ready to run', async () => {
    const host = elsewhere();
    const path = await hostProgram(host, cache);
    expect(path.startsWith(host.cache)).toBe(true);
    await expect(localShell.run([path])).rejects.toMatchObject({ code: 2 });
    const own = await hostProgram(thisMachine('/nowhere'), cache);
    expect(await readFile(path)).toEqual(await readFile(own));
    expect(await hostProgram(host, cache)).toBe(path);
    expect(uploads).toEqual([path]);
  }, 60_000);

  it('is not taken to be there because the host is out of reach', async () => {
    const host = elsewhere();
    const lost = new CommandError('h', ['test'], 'did not run (no connection)');
    const shell = { ...host.shell, run: () => Promise.reject(lost) };
    await expect(hostProgram({ ...host, shell }, cache)).rejects.toBe(lost);
    expect(existsSync(host.cache)).toBe(false);
  }, 60_000);
});
