import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../base/clock.ts';
import type { Guest } from '../../hypervisor.ts';
import { diskDrive } from '../command-line.ts';
import { Qmp } from '../qmp.ts';
import { Increments } from './increments.ts';
import { patientLimits } from './qemu-pair.example.ts';
import { bytesMarked } from './target-disk.ts';

const missing = spawnSync('qemu-system-x86_64', ['--version']).error !== undefined;
if (missing && process.env.CI === 'true') throw new Error('qemu-system-x86_64 is missing');

const MiB = 2 ** 20;
const limits = { ...patientLimits, answer: 60, silence: 60, end: 60 };
const cleanUp: (() => unknown)[] = [];
afterEach(() => {
  for (const each of cleanUp.splice(0).reverse()) each();
});

/** A QEMU with a disk of 16 MiB and no machine, and how its disk is written. */
async function qemuWith(folder: string, name: string) {
  const file = join(folder, name);
  writeFileSync(file, '');
  truncateSync(file, 16 * MiB);
  const socket = join(folder, `${name}.qmp`);
  const child: ChildProcess = spawn('qemu-system-x86_64', [
    ...['-machine', 'none', '-nodefaults', '-display', 'none', '-S'],
    ...['-drive', `if=none,id=${diskDrive},file=${file},format=raw`],
    ...['-qmp', `unix:${socket},server=on,wait=off`],
  ]);
  cleanUp.push(() => child.kill('SIGKILL'));
  const qmp = await monitor(socket);
  cleanUp.push(() => qmp.close());
  const hmp = (line: string) => qmp.execute('human-monitor-command', { 'command-line': line });
  const write = async (pattern: number, at: number, bytes: number) => {
    // What it says goes to the output of QEMU; errors come here.
    expect(await hmp(`qemu-io ${diskDrive} "write -P ${pattern} ${at} ${bytes}"`)).toBe('');
  };
  // All of a guest that is needed here.
  const guest = { host: { address: '127.0.0.1', clock: monotonicClock } } as Guest;
  return { qmp, guest, file, write };
}

async function monitor(socket: string): Promise<Qmp> {
  for (let left = 600; ; left -= 1) {
    const stream = connect(socket);
    const opened = await new Promise<boolean>((resolve) => {
      stream.once('connect', () => resolve(true));
      stream.once('error', () => resolve(false));
    });
    if (opened) return Qmp.connect(stream, monotonicClock);
    if (left === 0) throw new Error('no monitor');
    await sleep(50);
  }
}

describe.skipIf(missing)(`increments${missing ? ', skipped: no qemu-system-x86_64' : ''}`, () => {
  async function pair() {
    const folder = mkdtempSync(join(tmpdir(), 'vg-increments-'));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const [source, target] = [await qemuWith(folder, 'a'), await qemuWith(folder, 'b')];
    await source.write(1, 0, 8 * MiB);
    await target.write(1, 0, 8 * MiB);
    const mark = { node: diskDrive, name: 'changes', granularity: 65_536 };
    await source.qmp.execute('block-dirty-bitmap-add', mark);
    return { source, target };
  }
  const same = (...[a, b]: { file: string }[]) =>
    readFileSync(a?.file ?? '').equals(readFileSync(b?.file ?? ''));

  it('bring what is marked, also what is marked meanwhile, and nothing else', async () => {
    const { source, target } = await pair();
    await source.write(2, 3 * MiB, 2 * MiB);
    // Nobody has marked it: it shows that nothing else is brought.
    await target.write(9, 12 * MiB, MiB);
    const copy = await Increments.serve({ source, target, bitmap: 'changes' }, limits);
    const looks: Record<string, number>[] = [];
    const { readyAt } = await copy.copy(() => true, (figures) => looks.push({ ...figures })); // prettier-ignore
    expect(readyAt).toBeGreaterThan(0);
    await source.write(3, 100, 70_000);
    await source.write(4, 15 * MiB, 512);
    await copy.finish();
    expect(await bytesMarked(source.qmp, 'changes', limits)).toBe(0);
    expect(same(source, target)).toBe(false);
    await target.write(0, 12 * MiB, MiB);
    expect(same(source, target)).toBe(true);
  });

  it('that are dropped leave the source as it was, and what they have not brought is still marked', async () => {
    const { source, target } = await pair();
    const copy = await Increments.serve({ source, target, bitmap: 'changes' }, limits);
    await copy.copy(() => true, () => undefined); // prettier-ignore
    await source.write(5, 0, MiB);
    await copy.drop();
    const nodes = await source.qmp.execute('query-block', {});
    expect(JSON.stringify(nodes)).not.toContain(copy.node);
    await source.write(6, 2 * MiB, MiB);
    expect(await bytesMarked(source.qmp, 'changes', limits)).toBeGreaterThanOrEqual(MiB);
  });

  it('of a bitmap that is not there are none', async () => {
    const { source } = await pair();
    expect(await bytesMarked(source.qmp, 'changes', limits)).toBe(0);
    expect(await bytesMarked(source.qmp, 'other', limits)).toBeUndefined();
  });
});
