import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { writeSyntheticRun } from '../analysis/synthetic-run.example.ts';
import { blockSize, readTarHeader, tarHeader } from './tar-header.ts';
import { unpackFor, unpackRun, withRunFolder } from './unpack-run.ts';
import { checkPackable, writeBundle } from './write-bundle.ts';

let place: string;
let bundle: string;
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-bundle-test-'));
  bundle = join(place, 'run.tar.gz');
  writeRun('run');
  await writeBundle(join(place, 'run'), bundle, '0.1.0');
});
afterEach(() => rmSync(place, { recursive: true }));

function writeRun(name: string): string {
  const folder = join(place, name);
  writeSyntheticRun(folder, { blocks: 2 });
  mkdirSync(join(folder, 'artifacts/0'));
  const long = `${'deep'.repeat(15)}-${'name'.repeat(8)}.json`;
  writeFileSync(join(folder, 'artifacts/0', long), 'x'.repeat(70_000));
  writeFileSync(join(folder, 'artifacts/0/empty'), '');
  writeFileSync(join(folder, 'artifacts/0/whole-block'), 'y'.repeat(blockSize));
  mkdirSync(join(folder, 'report'));
  writeFileSync(join(folder, 'report/index.html'), 'é<html>');
  writeFileSync(join(folder, '.lock'), 'not packed');
  return folder;
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')] as const)
    .sort();

describe('a run', () => {
  it('comes out as it went in', async () => {
    const out = join(place, 'out');
    const manifest = await unpackRun(bundle, out);
    const packed = files(join(place, 'run')).filter(([name]) => name !== '.lock');
    expect(files(out).filter(([name]) => name !== 'bundle.json')).toEqual(packed);
    expect(manifest.virtgauge).toBe('0.1.0');
  });

  it('makes the same archive from the same files, whenever they were written', async () => {
    const again = join(place, 'again.tar.gz');
    await writeBundle(writeRun('later'), again, '0.1.0');
    expect(readFileSync(again).equals(readFileSync(bundle))).toBe(true);
  });

  it('is there for as long as it is used', async () => {
    const used = await withRunFolder(bundle, (folder) => {
      expect(existsSync(join(folder, 'run.json'))).toBe(true);
      return folder;
    });
    expect(existsSync(used)).toBe(false);
    expect(await withRunFolder(join(place, 'run'), (folder) => folder)).toBe(join(place, 'run'));
  });

  it('leaves nothing where it fails or is interrupted, and errors name the bundle', async () => {
    const out = join(place, 'out');
    const reason = new Error('interrupted');
    await expect(unpackRun(bundle, out, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(existsSync(out)).toBe(false);
    const stop = new AbortController();
    let used = '';
    const interrupted = withRunFolder(
      bundle,
      (folder) => {
        used = folder;
        stop.abort(reason);
      },
      stop.signal,
    );
    await expect(interrupted).rejects.toBe(reason);
    expect(existsSync(dirname(used))).toBe(false);
    const failing = (where: string) =>
      unpackFor(bundle, out, () => {
        expect(existsSync(out)).toBe(true);
        throw new UserError({ where, message: 'wrong' });
      });
    const messages: [where: string, named: string][] = [
      [join(out, 'run.json:3:1'), join(bundle, 'run.json:3:1')],
      [out, bundle],
      [join(out, 'report'), join(out, 'report')],
      ['--with', '--with'],
    ];
    for (const [where, named] of messages) {
      await expect(failing(where)).rejects.toThrow(`${named}: wrong`);
      expect(existsSync(out)).toBe(false);
    }
  });

  it('of which the packing is interrupted leaves no archive', async () => {
    const before = readdirSync(place).sort();
    const reason = new Error('interrupted');
    const stop = new AbortController();
    const packing = writeBundle(join(place, 'run'), join(place, 'b.tar.gz'), '0', stop.signal);
    stop.abort(reason);
    await expect(packing).rejects.toBe(reason);
    expect(readdirSync(place).sort()).toEqual(before);
  });

  it('with a link is not packed, and leaves no archive', async () => {
    symlinkSync('/etc/passwd', join(place, 'run/artifacts/link'));
    const target = join(place, 'link.tar.gz');
    await expect(writeBundle(join(place, 'run'), target, '0')).rejects.toThrow(
      'a link or a device',
    );
    expect(readdirSync(place).filter((name) => name.startsWith('link'))).toEqual([]);
  });
});

describe('a link to a folder', () => {
  it.each(['artifacts', 'report', 'artifacts/0', 'report/tables'])(
    'is not followed: %s',
    async (name) => {
      const [run, secret] = [join(place, 'run'), join(place, 'secret')];
      rmSync(join(run, name), { recursive: true, force: true });
      mkdirSync(secret);
      writeFileSync(join(secret, 'key'), 'secret');
      symlinkSync(secret, join(run, name));
      const target = join(place, 'link.tar.gz');
      expect(() => checkPackable(run, target)).toThrow('a link or a');
      await expect(writeBundle(run, target, '0')).rejects.toThrow(`${join(run, name)}: expected`);
      expect(existsSync(target)).toBe(false);
    },
  );

  it('that is not there is not left out in silence', () => {
    rmSync(join(place, 'run/samples.ndjson'));
    symlinkSync('absent', join(place, 'run/samples.ndjson'));
    expect(() => checkPackable(join(place, 'run'), join(place, 'new'))).toThrow(
      'expected a regular file',
    );
  });
});

/** An archive of one entry. */
function archive(name: string, change: (header: Buffer) => void = () => undefined): string {
  const header = Buffer.from(tarHeader('run.json', 4) ?? '');
  header.fill(0, 0, 100);
  header.write(name, 0);
  change(header);
  header.fill(32, 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const content = Buffer.alloc(blockSize);
  content.write('evil');
  const path = join(place, 'evil.tar.gz');
  writeFileSync(path, gzipSync(Buffer.concat([header, content, Buffer.alloc(2 * blockSize)])));
  return path;
}

describe('refuses, and leaves nothing of', () => {
  const refusedBy = async (path: string, message: string) => {
    const before = readdirSync(place).sort();
    await expect(unpackRun(path, join(place, 'out'))).rejects.toThrow(message);
    expect(readdirSync(place).sort()).toEqual(before);
  };

  it.each([
    ['../evil', 'a path that leads out of the folder'],
    ['artifacts/../../evil', 'a path that leads out of the folder'],
    ['/tmp/evil', 'an absolute path'],
    ['C:/evil', 'an absolute path'],
    ['artifacts\\..\\evil', 'a path with a backslash'],
    ['artifacts//evil', 'a path with empty parts'],
    ['artifacts/a\u001b[2J', 'a path with control characters'],
    ['.bashrc', 'a file that belongs to no run'],
    ['artifacts', 'a file that belongs to no run'],
  ])('%j', async (name, message) => refusedBy(archive(name), message));

  it.each([
    ['1', 'a hard link'],
    ['2', 'a symbolic link'],
    ['3', 'a device'],
    ['x', 'an entry of another kind'],
  ])('an entry of type %s', async (type, message) =>
    refusedBy(
      archive('artifacts/evil', (header) => {
        header.write(type, 156);
        header.write('/etc/passwd', 157);
      }),
      message,
    ),
  );

  it('an archive without a manifest', () => refusedBy(archive('run.json'), 'it is cut off'));

  it('what is cut off, changed, doubled, or something else', async () => {
    const tar = gunzipSync(readFileSync(bundle));
    const other = join(place, 'other.tar.gz');
    const written = (bytes: Buffer) => {
      writeFileSync(other, bytes);
      return other;
    };
    await refusedBy(
      written(readFileSync(bundle).subarray(0, 3000)),
      'expected a bundle of virtgauge',
    );
    await refusedBy(written(gzipSync(tar.subarray(0, tar.length - 1024 - 512))), 'it is cut off');
    const changed = Buffer.from(tar);
    changed[blockSize + 3] = 63;
    await refusedBy(written(gzipSync(changed)), 'expected "run.json" as it was packed');
    await refusedBy(written(gzipSync(Buffer.concat([tar.subarray(0, -1024), tar]))), 'already');
    await refusedBy(
      written(gzipSync(Buffer.from('hello'.repeat(1000)))),
      'got another or a damaged',
    );
    await refusedBy(written(Buffer.from('{}')), 'expected a bundle of virtgauge');
    await refusedBy(join(place, 'absent'), 'cannot be unpacked');
  });

  it('a bundle where a folder is already', async () => {
    mkdirSync(join(place, 'out'));
    writeFileSync(join(place, 'out/mine'), 'mine');
    await expect(unpackRun(bundle, join(place, 'out'))).rejects.toThrow('--output FOLDER');
    expect(readFileSync(join(place, 'out/mine'), 'utf8')).toBe('mine');
  });
});

it('reads back every header that it writes', () => {
  const part = fc.string({
    minLength: 1,
    maxLength: 60,
    unit: fc.constantFrom('a', 'é', '-', '_', '0', '.'),
  });
  const size = fc.integer({ min: 0, max: 8 ** 11 - 1 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), size, (parts, bytes) => {
      const name = parts.join('/');
      const header = tarHeader(name, bytes);
      if (header === undefined) expect(Buffer.byteLength(name)).toBeGreaterThan(100);
      else expect(readTarHeader(header)).toEqual({ name, size: bytes, type: '0' });
    }),
  );
});
