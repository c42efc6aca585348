import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { makeTwoMembers, openLoopback } from '../loopback.ts';
import type { BodyOf } from '../messages/kinds.ts';
import type { Arm } from '../session/arms.ts';

const tcpdump = '/usr/bin/tcpdump';
const present = existsSync(tcpdump) && process.getuid?.() === 0;
if (!present && process.env.CI === 'true') throw new Error('missing: tcpdump, as root');
const patience = { timeout: 30_000, interval: 50 };

/** What nobody on the way may read: names of guests, of messages, of attributes. */
const secrets = ['guest-of-whom-nobody-knows', 'heartbeat', 'running', 'boot-secret'];
const message: BodyOf<'heartbeat'> = {
  ...{ kind: 'heartbeat', boot: 'boot-secret', results: [] },
  guests: [{ name: 'guest-of-whom-nobody-knows', state: 'running' }],
};

/** A packet of TCP in a capture of the loopback: whence, its bytes, whether it ends its connection. */
type Segment = { port: number; data: Buffer; final: boolean };

function segments(file: string): Segment[] {
  const bytes = readFileSync(file);
  const found: Segment[] = [];
  for (let at = 24; at + 16 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const packet = bytes.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    const [ethernet, ip] = [14, 4 * ((packet[14] ?? 0) & 15)];
    const tcp = packet.subarray(ethernet + ip, ethernet + packet.readUInt16BE(ethernet + 2));
    const data = tcp.subarray(4 * ((tcp[12] ?? 0) >> 4));
    found.push({ port: tcp.readUInt16BE(0), data, final: ((tcp[13] ?? 0) & 5) !== 0 });
  }
  return found;
}

/** Captures what goes to and from a port of the loopback while something is done. */
async function capture(file: string, port: number, work: () => Promise<void>): Promise<void> {
  const words = ['-i', 'lo', '-U', '--immediate-mode', '-s', '0', '-w', file, `tcp port ${port}`];
  const child = spawn(tcpdump, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await vi.waitFor(() => expect(said).toContain('listening on'), patience);
    await work();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

describe.skipIf(!present)(
  'what goes over the wire between agent and master (tcpdump, root)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** An agent tells its master something, and the master is seen to understand it. */
    async function tell(arm: Arm, file: string): Promise<Buffer> {
      const heard: unknown[] = [];
      const loopback = await openLoopback(arm, await makeTwoMembers(), (body) => {
        heard.push(body);
        return { kind: 'ok', revoked: [] };
      });
      await capture(file, loopback.port, async () => {
        for (let time = 0; time < 3; time++) await loopback.talk.request(message);
        await loopback.close();
        // What tcpdump has not read when it is ended is lost.
        await vi.waitFor(
          () => expect(segments(file).filter(({ final }) => final)).not.toHaveLength(0),
          patience,
        );
      });
      expect(heard).toEqual([message, message, message]);
      const all = segments(file).filter(({ data }) => data.length > 0);
      expect(all.length).toBeGreaterThan(5);
      return Buffer.concat(all.map(({ data }) => data));
    }

    /** That nothing stands in it in clear, nor in base64 however it is aligned. */
    function expectNothingOf(bytes: Buffer): void {
      const text = bytes.toString('latin1');
      for (const secret of secrets) {
        expect(text).not.toContain(secret);
        for (const shift of [0, 1, 2]) {
          const encoded = Buffer.from('x'.repeat(shift) + secret).toString('base64');
          expect(text).not.toContain(encoded.slice(shift === 0 ? 0 : 4, -4));
        }
      }
    }

    it('would show everything without protection', async () => {
      const bytes = await tell('plain', join(folder, 'plain.pcap'));
      for (const secret of secrets) expect(bytes.toString('latin1')).toContain(secret);
    });

    it('is TLS 1.3 only', async () => {
      const file = join(folder, 'both.pcap');
      const bytes = await tell('both', file);
      expectNothingOf(bytes);
      expect(bytes.toString('latin1')).not.toMatch(/HTTP\/1|EncryptedData|host-a/);
      // Records of TLS, one after the other, in each direction to the last byte: nothing else is there.
      const { port } = segments(file)[0] ?? { port: 0 };
      for (const ours of [true, false]) {
        const parts = segments(file).filter((each) => (each.port === port) === ours);
        const stream = Buffer.concat(parts.map(({ data }) => data));
        for (let at = 0; at < stream.length; at += 5 + stream.readUInt16BE(at + 3)) {
          expect([20, 21, 22, 23]).toContain(stream[at]);
          expect(stream[at + 1]).toBe(3);
        }
      }
    });

    it('is ciphertext still where TLS is taken off', async () => {
      const bytes = await tell('data', join(folder, 'data.pcap'));
      expectNothingOf(bytes);
      const text = bytes.toString('latin1');
      const bodies = [
        ...text.matchAll(/POST \/session\/\w+ HTTP\/1\.1[^]*?\r\n\r\n(<[^]*?)(?=HTTP|POST|$)/g),
      ];
      expect(bodies).toHaveLength(3);
      for (const [, body = ''] of bodies) {
        expect(body).toMatch(/^<(?:\w+:)?EncryptedData [^>]*>/);
        expect(body.replace(/CipherValue>[^<]*</g, '')).not.toMatch(/sender|receiver|sequence/);
      }
    });
  },
);
