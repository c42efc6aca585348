import type { Path, Source, Span } from '../../base/yaml/tree.ts';

/** Where the value at a path stands in a JSON text that is known to be sound; the whole text if it has none. */
export function jsonPlace(source: Source, begin: number, path: Path): Span {
  const scanner = new Scanner(source.text, begin);
  const [start, end] = scanner.find(path) ?? [begin, begin];
  return { source, start, end };
}

class Scanner {
  readonly #text: string;
  #at: number;

  constructor(text: string, begin: number) {
    this.#text = text;
    this.#at = begin;
  }

  find([step, ...rest]: Path): [start: number, end: number] | undefined {
    this.#space();
    if (step === undefined) {
      const start = this.#at;
      this.#skip();
      return [start, this.#at];
    }
    const isObject = this.#text[this.#at] === '{';
    if (!isObject && this.#text[this.#at] !== '[') return undefined;
    this.#at++;
    for (let index = 0; !this.#closes(); index++) {
      const name = isObject ? this.#key() : String(index);
      if (name === String(step)) return this.find(rest);
      this.#skip();
      this.#space();
      if (this.#text[this.#at] === ',') this.#at++;
    }
    return undefined;
  }

  #closes(): boolean {
    this.#space();
    return this.#text[this.#at] === '}' || this.#text[this.#at] === ']';
  }

  #key(): string {
    this.#space();
    const start = this.#at;
    this.#string();
    const name = JSON.parse(this.#text.slice(start, this.#at)) as string;
    this.#space();
    this.#at++;
    return name;
  }

  /** Passes over one value. */
  #skip() {
    this.#space();
    let depth = 0;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '"') this.#string();
      else {
        if (character === '{' || character === '[') depth++;
        else if (character === '}' || character === ']') depth--;
        else this.#while(/[^,\]}[{"\s]/y);
        if (character === '{' || character === '[' || character === '}' || character === ']') {
          this.#at++;
        }
      }
      if (depth === 0) return;
      this.#while(/[\s,:]/y);
      if (this.#at >= this.#text.length) return;
    }
  }

  #string() {
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      if (this.#text[this.#at] === '\\') this.#at++;
    }
    this.#at++;
  }

  #space() {
    this.#while(/\s/y);
  }

  #while(pattern: RegExp) {
    for (;;) {
      pattern.lastIndex = this.#at;
      if (this.#at >= this.#text.length || !pattern.test(this.#text)) return;
      this.#at++;
    }
  }
}
