import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type SyntheticCapacity,
  writeSyntheticCapacity,
} from '../../harness/analysis/capacity/synthetic-capacity.example.ts';
import { addCapacity } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-capacity-'));
});
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Runs the command on a synthetic run; gives what it printed and its exit code. */
async function capacity(options: SyntheticCapacity, ...args: string[]) {
  writeSyntheticCapacity(folder, options);
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addCapacity(program);
  await program.parseAsync(['capacity', folder, ...args], { from: 'user' });
  return { text: lines.join('\n'), code: process.exitCode };
}

describe('virtgauge capacity', { timeout: 60_000 }, () => {
  it('prints limits with intervals, the law, crossings, what if, and one picture', async () => {
    const { text, code } = await capacity({ limits: { p99: '30ms' } });
    expect(code).toBe(0);
    expect(text).toContain('emulated (TCG)');
    expect(text).toContain('stand-in');
    expect(text).toContain('limits: p99 at most 30 ms');
    expect(text).toMatch(/^ {2}local +\d+ \([\d.]+\) +[\d.]+–[\d.]+ +1–12 +p99 at most 30 ms$/m);
    expect(text).toMatch(
      /^ {2}local +[\d.]+ MB\/s +0\.\d+ +0\.\d+ +[\d.]+ MB\/s at [\d.]+ guests$/m,
    );
    expect(text).toContain('no peak in range');
    expect(text).toMatch(/local and shared cross at [\d.]+ guests/);
    expect(text).toMatch(/^ +24 .*beyond the measured range$/m);
    const picture = join(folder, 'report/charts/capacity.png');
    expect(text).toMatch(/picture {2}\S*report\/charts\/capacity\.png$/);
    expect(existsSync(picture)).toBe(true);
    expect(existsSync(picture.replace('.png', '.svg'))).toBe(true);
  });

  it('is inconclusive where the range ends before a limit', async () => {
    const { text, code } = await capacity({}, '--limit', 'p99=10s');
    expect(code).toBe(4);
    expect(text).toMatch(/^ {2}local +more than 12 .*none in the range$/m);
  });

  it('needs no limit for the law', async () => {
    const { text, code } = await capacity({});
    expect(code).toBe(0);
    expect(text).toContain('no limit is stated: add one, such as --limit p99=20ms');
  });

  it('answers what if, and refuses beyond twice the range unless asked', async () => {
    const beyond = ['--guests', '5,30', '--limit', 'p99=30ms'];
    await expect(capacity({}, ...beyond)).rejects.toThrow('expected at most 24 guests');
    const { text } = await capacity({}, ...beyond, '--beyond');
    expect(text).toMatch(/^ +5 .*between measured numbers$/m);
    expect(text).toMatch(/^ +30 .* – .*extrapolated$/m);
  });

  it('prints JSON that can be read again', async () => {
    const { text } = await capacity({ limits: { p99: '30ms' } }, '--json', '--hosts', '1');
    const read = JSON.parse(text) as Record<string, unknown>;
    expect(read).toMatchObject({
      job: 'randread',
      limits: [{ name: 'p99', bound: 0.03 }],
      lines: [
        { text: 'local', levels: { length: 7 }, all: { reached: true, first: 'p99' } },
        { text: 'shared', law: { peak: null } },
      ],
    });
  });

  it('refuses what is no number, limit, job or run for it', async () => {
    await expect(capacity({}, '--guests', 'many')).rejects.toThrow('Expected a whole number');
    await expect(capacity({}, '--limit', 'p99')).rejects.toThrow('expected NAME=VALUE');
    await expect(capacity({}, '--job', 'other')).rejects.toThrow('expected randread, got other');
    await expect(capacity({ guests: [2] })).rejects.toThrow('several numbers of guests');
  });
});
