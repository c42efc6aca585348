import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { Console } from './console.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge-console-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A console whose clock tells how many pieces have come. */
function listen(logPath?: string) {
  const [ours, guest] = duplexPair();
  let pieces = 0;
  const clock = { now: () => pieces, fromWall: (seconds: number) => seconds };
  const guestConsole = new Console(ours, clock, logPath);
  const print = async (text: string | Uint8Array) => {
    pieces++;
    guest.write(text);
    await nextTurn();
  };
  return { guestConsole, print };
}

it('stamps its first byte, once', async () => {
  const { guestConsole, print } = listen();
  expect(guestConsole.firstByte).toBeUndefined();
  await print('\r');
  await print('more\n');
  await guestConsole.begun;
  expect(guestConsole.firstByte).toBe(1);
});

it('finds the first mark of each name wherever the stream is cut', async () => {
  const text = [
    'Linux version 6.1\r\n',
    '[    0.1] x vg-mark init 0.250000\r\n',
    'vg-mark init 9.0\n',
    'vg-service ready 1.500000\n',
    'no vg-mark broken\n',
  ].join('');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (length) => {
      const { guestConsole, print } = listen();
      for (let start = 0; start < text.length; start += length) {
        await print(text.slice(start, start + length));
      }
      const pieceOf = (part: string) =>
        Math.floor((text.indexOf('\n', text.indexOf(part)) + length) / length);
      expect(guestConsole.mark('init')).toEqual({ at: pieceOf('init 0.25'), guestTime: 0.25 });
      expect(guestConsole.mark('service')).toEqual({ at: pieceOf('ready'), guestTime: 1.5 });
      expect(guestConsole.mark('broken')).toBeUndefined();
      expect(guestConsole.text).toBe(text);
    }),
    { numRuns: 40 },
  );
});

it('does not take an unfinished line for a mark', async () => {
  const { guestConsole, print } = listen();
  await print('vg-mark init 0.25');
  expect(guestConsole.mark('init')).toBeUndefined();
});

it('keeps the end in memory and everything in its log', async () => {
  const path = join(folder, 'console.log');
  const { guestConsole, print } = listen(path);
  const bytes = Buffer.alloc(100_000, 'x');
  bytes[0] = 0xff;
  bytes[99_999] = 0xfe;
  await print(bytes);
  expect(guestConsole.text).toHaveLength(65_536);
  expect(guestConsole.text.endsWith('\u00fe')).toBe(true);
  guestConsole.close();
  while (!existsSync(path) || readFileSync(path).length < bytes.length) await nextTurn();
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

it('goes on without a log that cannot be written', async () => {
  const { guestConsole, print } = listen(join(folder, 'absent', 'console.log'));
  await print('vg-mark init 1.0\n');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await print('vg-mark agent 2.0\n');
  expect(guestConsole.mark('agent')).toEqual({ at: 2, guestTime: 2 });
});

it("takes the kernel's own lines for its start and its first program, behind a boot loader", async () => {
  const { guestConsole, print } = listen();
  await print('GRUB\u001b[2J[    0.000000] Linux version 6.1.0-cloud-amd64 (gcc-12)\r\n');
  await print('[    0.000000] Command line: quiet\r\n');
  await print('[   12.250000][    T1] Run /init as init process\r\n');
  expect(guestConsole.mark('kernel')).toEqual({ at: 1, guestTime: 0 });
  expect(guestConsole.mark('kernel-init')).toEqual({ at: 3, guestTime: 12.25 });
  expect(guestConsole.mark('init')).toBeUndefined();
});

it('tells everyone who waits for a mark, before it comes or after', async () => {
  const { guestConsole, print } = listen();
  const before = [guestConsole.marked('no_agent'), guestConsole.marked('no_agent')];
  await print('vg-mark no_agent 3.5\n');
  const mark = { at: 1, guestTime: 3.5 };
  expect(await Promise.all([...before, guestConsole.marked('no_agent')])).toEqual([
    ...[mark, mark, mark],
  ]);
});
