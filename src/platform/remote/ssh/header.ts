/** More than any profile greets with; what is older is forgotten. */
const remembered = 64 * 1024;

/**
 * Passes over what was printed before the header of a command: greetings of a profile.
 */
export class Header {
  readonly #pattern: RegExp;
  #seen = '';
  /** What stood in the header. */
  found: string | undefined;

  /** @param pattern of the whole header, with what is wanted of it as its first group */
  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  /** The last line, if the header has not come: what kept it from coming. */
  get lastWords(): string {
    return this.found === undefined ? (this.#seen.trim().split('\n').at(-1) ?? '') : '';
  }

  /** What a piece holds behind the header; empty until it has come. */
  feed(chunk: Buffer): Buffer {
    if (this.found !== undefined) return chunk;
    // One character a byte: positions stay those of the bytes.
    const text = this.#seen + chunk.toString('latin1');
    const match = this.#pattern.exec(text);
    if (match === null) {
      this.#seen = text.slice(-remembered);
      return chunk.subarray(chunk.length);
    }
    this.#seen = '';
    this.found = match[1] ?? '';
    return Buffer.from(text.slice(match.index + match[0].length), 'latin1');
  }
}
