import { numberAt } from './number-at.ts';
import type { SampleColumns } from './sample-columns.ts';

/** The numbers that change from line to line, in the order of `SampleColumns.add`. */
const names = ['value', 'at', 'trial', 'guest', 'iteration'];
const firstWhole = 2;
/** No number follows: the line ends here. */
const end = -1;

/** A text that may come next in a line, and the number that follows it. */
interface Branch {
  text: Buffer;
  words: DataView;
  /** Index in `names`, or `end`. */
  number: number;
  then: Branch[];
  /** Where the samples of such lines go; only where the line ends. */
  group: SampleColumns | undefined;
}

/**
 * Shapes of lines that were checked against the schema, as a tree of the texts between their
 * numbers. A further line of a known shape is compared with the tree instead of being parsed, which
 * takes about a fifth of the time.
 */
export class LineShapes {
  readonly #roots: Branch[] = [];
  readonly #numbers = new Float64Array(names.length);

  /**
   * Remembers the shape of a line.
   * @param line - an object whose `JSON.stringify` is the line itself
   */
  learn(line: Readonly<Record<string, unknown>>, group: SampleColumns) {
    let branches = this.#roots;
    let text = '{';
    for (const [key, value] of Object.entries(line)) {
      text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:`;
      const number = names.indexOf(key);
      if (number === -1) {
        text += JSON.stringify(value);
      } else {
        branches = branch(branches, text, number).then;
        text = '';
      }
    }
    branch(branches, `${text}}`, end).group = group;
  }

  /** Adds the sample of the line in `buffer[start, stop)` to its group, if its shape is known. */
  add(buffer: Buffer, words: DataView, start: number, stop: number): boolean {
    const numbers = this.#numbers.fill(-1);
    let branches = this.#roots;
    let at = start;
    for (;;) {
      const found = match(branches, words, at, stop);
      if (found === undefined) return false;
      at += found.text.length;
      if (found.number === end) {
        if (at !== stop) return false;
        found.group?.add(
          numbers[0] as number,
          numbers[1] as number,
          numbers[2] as number,
          numbers[3] as number,
          numbers[4] as number,
        );
        return true;
      }
      const number = numberAt(buffer, at, stop, found.number >= firstWhole);
      if (number === undefined) return false;
      numbers[found.number] = number.value;
      at = number.end;
      branches = found.then;
    }
  }
}

function branch(branches: Branch[], text: string, number: number): Branch {
  const bytes = Buffer.from(text);
  const known = branches.find((one) => one.number === number && one.text.equals(bytes));
  if (known !== undefined) return known;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const added: Branch = { text: bytes, words, number, then: [], group: undefined };
  branches.push(added);
  return added;
}

/** The branch that the bytes from `at` on take. The last one taken comes first next time. */
function match(branches: Branch[], words: DataView, at: number, stop: number): Branch | undefined {
  for (let index = 0; index < branches.length; index++) {
    const one = branches[index] as Branch;
    if (at + one.text.length > stop || !begins(one.words, words, at)) continue;
    if (index > 0) {
      branches[index] = branches[index - 1] as Branch;
      branches[index - 1] = one;
    }
    return one;
  }
  return undefined;
}

function begins(text: DataView, words: DataView, at: number): boolean {
  const { byteLength } = text;
  let byte = 0;
  for (; byte + 4 <= byteLength; byte += 4) {
    if (text.getInt32(byte, true) !== words.getInt32(at + byte, true)) return false;
  }
  for (; byte < byteLength; byte++) {
    if (text.getInt8(byte) !== words.getInt8(at + byte)) return false;
  }
  return true;
}
