import type { Duplex } from 'node:stream';

/**
 * One JSON object a line, as QMP and the QEMU guest agent speak it, however the stream cuts the
 * lines: in the middle of a character, or many in one piece.
 */
export class JsonLines {
  readonly #stream: Duplex;
  #pieces: Buffer[] = [];

  /**
   * @param onObject gets each object as it arrives; a line that is none is an error of the peer, and
   *   ends the stream
   * @param onEnd called once, when the stream has ended or failed
   */
  constructor(stream: Duplex, onObject: (object: object) => void, onEnd: (error: Error) => void) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      try {
        for (const line of this.#lines(chunk)) onObject(parseObject(line));
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    stream.on('error', () => undefined);
    const end = () => onEnd(stream.errored ?? new Error('the connection was closed'));
    if (stream.closed) process.nextTick(end);
    else stream.once('close', end);
  }

  write(value: unknown): void {
    this.#stream.write(`${JSON.stringify(value)}\n`);
  }

  close(): void {
    this.#stream.destroy();
  }

  *#lines(chunk: Buffer): Generator<string> {
    let start = 0;
    // A newline byte is never part of a longer UTF-8 character, so bytes can be searched.
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#pieces.push(chunk.subarray(start, end));
      const line = this.#take();
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }

  #take(): string {
    let bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    // The guest agent marks the start of an answer to guest-sync-delimited by this byte.
    const sentinel = bytes.lastIndexOf(0xff);
    if (sentinel >= 0) bytes = bytes.subarray(sentinel + 1);
    return bytes.toString('utf8');
  }
}

function parseObject(line: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Not an object, then.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  throw new Error(`expected a JSON object, got ${JSON.stringify(shown)}`);
}
