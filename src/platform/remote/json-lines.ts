import type { Duplex } from 'node:stream';

/**
 * One JSON value a line, as QMP and the QEMU guest agent speak it, however the stream cuts the
 * lines: in the middle of a character, or many in one piece.
 */
export class JsonLines {
  readonly #stream: Duplex;
  #pieces: Buffer[] = [];

  /**
   * @param onValue gets each value as it arrives; an answer that is no JSON is an error of the peer
   * @param onEnd called once, when the stream has ended or failed
   */
  constructor(stream: Duplex, onValue: (value: unknown) => void, onEnd: (error: Error) => void) {
    this.#stream = stream;
    let failure: Error | undefined;
    stream.on('data', (chunk: Buffer) => {
      try {
        for (const line of this.#lines(chunk)) onValue(JSON.parse(line));
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    stream.on('error', (error) => (failure = error));
    stream.on('close', () => onEnd(failure ?? new Error('the connection was closed')));
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
