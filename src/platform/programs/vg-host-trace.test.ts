import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledProgram, whyNotCompile } from './guest-service.example.ts';

const whyNot = whyNotCompile();
const fixture = readFileSync(fileURLToPath(new URL('fixtures/blktrace-6.1.bin', import.meta.url)));

/** Of `struct blk_io_trace` (linux/blktrace_api.h). */
const headBytes = 48;
const at = { sequence: 4, sector: 16, bytes: 24, action: 28, payload: 46 };
const category = { write: 0x2, command: 0x200, note: 0x400 };

/** Where each event of a trace begins. */
function eventsOf(trace: Buffer): Buffer[] {
  const events = [];
  for (let from = 0; from < trace.length;) {
    const length = headBytes + trace.readUInt16LE(from + at.payload);
    events.push(trace.subarray(from, from + length));
    from += length;
  }
  return events;
}

const categoryOf = (event: Buffer) => event.readUInt32LE(at.action) >>> 16;
const isNote = (event: Buffer) => (categoryOf(event) & category.note) !== 0;
const writes = (event: Buffer) =>
  (categoryOf(event) & category.write) !== 0 && event.readUInt32LE(at.bytes) > 0;

describe.skipIf(whyNot !== undefined)(
  `what the kernel tells of a disk${whyNot ? `, skipped: ${whyNot}` : ''}`,
  () => {
    let folder: string;
    let program: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vg-trace-'));
      program = await compiledProgram('vg-host');
    }, 120_000);

    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** What is written by it: sector and count of each, and whether all of it is known. */
    function read(trace: Buffer) {
      const { stdout } = spawnSync(program, ['read-trace'], { input: trace, encoding: 'utf8' });
      const lines = stdout.trimEnd().split('\n');
      return { verdict: lines.at(-1)?.split(' ')[0], written: lines.slice(0, -1) };
    }

    it('is every request that writes, with its place', () => {
      const events = eventsOf(fixture);
      expect(events.length).toBeGreaterThan(400);
      const expected = events
        .filter(writes)
        .map((each) => `${each.readBigUInt64LE(at.sector)} ${each.readUInt32LE(at.bytes) / 512}`);
      expect(expected.length).toBeGreaterThan(300);
      expect(read(fixture)).toEqual({ verdict: 'whole', written: expected });
    });

    it('is not trusted where one event is missing, wherever that was', () => {
      const events = eventsOf(fixture);
      // Of the last nobody can know: the kernel counts those that it had no room for.
      const last = events.findLastIndex((event) => !isNote(event));
      for (let gone = 0; gone < last; gone += 1) {
        if (isNote(events[gone] ?? Buffer.alloc(0)) || (gone % 9 !== 0 && gone > 12)) continue;
        const rest = Buffer.concat(events.filter((_, index) => index !== gone));
        expect(read(rest).verdict).toBe('lost');
      }
    });

    it('is not trusted where something else stands, or a program has written past the kernel', () => {
      const broken = Buffer.from(fixture);
      broken.writeUInt32LE(0, eventsOf(fixture)[0]?.length ?? 0);
      expect(read(broken).verdict).toBe('lost');

      const events = eventsOf(Buffer.from(fixture));
      const one = events.find(writes);
      one?.writeUInt32LE((one.readUInt32LE(at.action) | (category.command << 16)) >>> 0, at.action);
      expect(read(Buffer.concat(events)).verdict).toBe('lost');
    });

    it('ends in the middle of an event: what comes is not known', () => {
      expect(read(fixture.subarray(0, fixture.length - 7)).verdict).toBe('lost');
    });
  },
);
