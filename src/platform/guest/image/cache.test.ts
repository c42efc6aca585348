import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentOwner, ownerName, type Owner } from '../../ledger/owner.ts';
import { cached, cacheDirectory, contentKey } from './cache.ts';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-cache-'));
  cache = join(folder, 'deep', 'cache');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('cached', () => {
  it('builds once', async () => {
    let built = 0;
    const build = (partial: string) => {
      built++;
      return writeFile(join(partial, 'disk'), 'content');
    };
    const path = await cached(cache, 'image-1', build);
    expect(await cached(cache, 'image-1', build)).toBe(path);
    expect([built, await readFile(join(path, 'disk'), 'utf8')]).toEqual([1, 'content']);
    expect(readdirSync(cache)).toEqual(['image-1']);
  });

  it('shows nothing under the name until all is built', async () => {
    await cached(cache, 'image-1', async (partial) => {
      await writeFile(join(partial, 'a'), '');
      expect(existsSync(join(cache, 'image-1'))).toBe(false);
      await writeFile(join(partial, 'b'), '');
    });
    expect(readdirSync(join(cache, 'image-1'))).toEqual(['a', 'b']);
  });

  it('gives both of two builders at once the same whole folder', async () => {
    const build = async (partial: string) => {
      for (const name of ['a', 'b']) {
        await writeFile(join(partial, name), '', { flag: 'wx' });
        await sleep(5);
      }
    };
    const paths = await Promise.all([1, 2, 3].map(() => cached(cache, 'image-1', build)));
    expect(new Set(paths).size).toBe(1);
    expect(readdirSync(cache)).toEqual(['image-1']);
    expect(readdirSync(join(cache, 'image-1'))).toEqual(['a', 'b']);
  });

  it('leaves nothing of a build that fails, and builds again', async () => {
    const failing = cached(cache, 'image-1', async (partial) => {
      await writeFile(join(partial, 'a'), '');
      throw new Error('no space');
    });
    await expect(failing).rejects.toThrow('no space');
    expect(readdirSync(cache)).toEqual([]);
    await cached(cache, 'image-1', () => Promise.resolve());
    expect(readdirSync(cache)).toEqual(['image-1']);
  });

  it('removes what dead processes left, and nothing of living ones', async () => {
    const { pid } = spawnSync('true');
    const here = currentOwner();
    const of = (owner: Partial<Owner>) => `.partial-${ownerName({ ...here, ...owner })}`;
    const living = `${of({})}+image-2-abc`;
    const names = [`${of({ pid })}+image-1`, `${of({ start: '1' })}+disk-abc`, living, 'other'];
    for (const name of names) mkdirSync(join(cache, name, 'content'), { recursive: true });
    await cached(cache, 'image-1', () => Promise.resolve());
    expect(readdirSync(cache).sort()).toEqual([living, 'image-1', 'other']);
  });

  it('leaves what another machine builds in a shared cache, but for a day', async () => {
    const there = ownerName({ ...currentOwner(), boot: 'b0', machine: 'node02' });
    const [building, left, unknown] = [`${there}+image-2`, `${there}+image-3`, '12-image-4'];
    for (const name of [building, left, unknown]) {
      mkdirSync(join(cache, `.partial-${name}`), { recursive: true });
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(join(cache, `.partial-${left}`), twoDaysAgo, twoDaysAgo);
    await cached(cache, 'image-1', () => Promise.resolve());
    expect(readdirSync(cache).sort()).toEqual(
      [`.partial-${building}`, `.partial-${unknown}`, 'image-1'].sort(),
    );
  });
});

describe('contentKey', () => {
  it('is the same for the same inputs, and apart for others', () => {
    expect(contentKey('a', 'b')).toBe(contentKey('a', Buffer.from('b')));
    expect(contentKey('a', 'b')).toMatch(/^[0-9a-f]{16}$/);
    const keys = [['a', 'b'], ['ab'], ['ab', ''], ['', 'ab'], ['b', 'a'], []];
    expect(new Set(keys.map((inputs) => contentKey(...inputs))).size).toBe(keys.length);
  });
});

describe('cacheDirectory', () => {
  it.each([
    [{ VIRTGAUGE_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }, '/own'],
    [{ VIRTGAUGE_CACHE: 'own' }, join(process.cwd(), 'own')],
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/virtgauge'],
    [{ VIRTGAUGE_CACHE: '', XDG_CACHE_HOME: '' }, '/home/me/.cache/virtgauge'],
    [{ XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/virtgauge'],
    [{}, '/home/me/.cache/virtgauge'],
  ])('is absolute: %j', (env, directory) => {
    expect(cacheDirectory(env, '/home/me')).toBe(directory);
  });
});
