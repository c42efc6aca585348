import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonLines } from './json-lines.ts';

/** Everything that arrives when the peer sends these pieces and closes, and how it ended. */
async function received(pieces: readonly Uint8Array[]): Promise<{ objects: object[]; end: Error }> {
  const [ours, peer] = duplexPair();
  const objects: object[] = [];
  const ended = new Promise<Error>((resolve) => {
    new JsonLines(ours, (object) => objects.push(object), resolve);
  });
  for (const piece of pieces) peer.write(piece);
  // A pair, unlike a socket, stays half open until both ends have been read.
  peer.resume().end();
  ours.end();
  return { objects, end: await ended };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 4 });

it('gives the same objects however the stream is cut, with LF or CRLF', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(object, fc.constantFrom('\n', '\r\n', '\n\r\n')), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (lines, places) => {
        const text = lines.map(([value, ending]) => JSON.stringify(value) + ending).join('');
        const { objects } = await received(cut(Buffer.from(text), places));
        expect(JSON.stringify(objects)).toBe(JSON.stringify(lines.map(([value]) => value)));
      },
    ),
  );
});

it('gives a character that is cut byte by byte', async () => {
  const bytes = Buffer.from('{"name":"Grüße 👋🏽"}\n');
  const { objects } = await received([...bytes].map((byte) => Buffer.of(byte)));
  expect(objects).toEqual([{ name: 'Grüße 👋🏽' }]);
});

it('begins anew behind the byte by which the guest agent marks an answer', async () => {
  const { objects } = await received([
    Buffer.from('{"return": "cut o'),
    Buffer.of(0xff),
    Buffer.from('{"return":7}\n'),
  ]);
  expect(objects).toEqual([{ return: 7 }]);
});

it('leaves out a last line without its end', async () => {
  const { objects, end } = await received([Buffer.from('{"a":1}\n{"b":2}')]);
  expect(objects).toEqual([{ a: 1 }]);
  expect(end.message).toBe('the connection was closed');
});

it.each(['hello', '{"a":', 'null', '42', '[]', '"text"', '\u0000'])(
  'ends with one clear error at a line that is no object: %j',
  async (line) => {
    const { objects, end } = await received([Buffer.from(`{"a":1}\n${line}\n{"b":2}\n`)]);
    expect(objects).toEqual([{ a: 1 }]);
    expect(end.message).toBe(`expected a JSON object, got ${JSON.stringify(line)}`);
  },
);

it('shows only the beginning of a long line that is no object', async () => {
  const { end } = await received([Buffer.from(`${'x'.repeat(5000)}\n`)]);
  expect(end.message.length).toBeLessThan(120);
});

it('tells of the end of a stream that ended before', async () => {
  const [ours] = duplexPair();
  ours.on('error', () => undefined);
  ours.destroy(new Error('reset by peer'));
  await new Promise((resolve) => setImmediate(resolve));
  const end = await new Promise<Error>((resolve) => new JsonLines(ours, () => undefined, resolve));
  expect(end.message).toBe('reset by peer');
});

it('writes what the other end reads', async () => {
  const [ours, peer] = duplexPair();
  const lines = new JsonLines(
    ours,
    () => undefined,
    () => undefined,
  );
  const read = new Promise((resolve) => new JsonLines(peer, resolve, () => undefined));
  lines.write({ text: 'a\nb\u2028', number: 1 });
  expect(await read).toEqual({ text: 'a\nb\u2028', number: 1 });
  lines.close();
});
