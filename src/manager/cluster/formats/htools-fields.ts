import { UserError } from '../../../base/errors.ts';
import { largestAmount } from '../model/resources.ts';

/** The fields of one line, read one after the other; whatever is wrong is told with file, line and column. */
export class HtoolsFields {
  private readonly fields: readonly string[];
  private at = 0;
  private column = 1;
  private readonly where: string;
  private readonly what: string;

  /** @param where `file:line` */
  constructor(text: string, where: string, what: string) {
    this.fields = text.split('|');
    this.where = where;
    this.what = what;
  }

  text(name: string): string {
    const field = this.fields[this.at];
    if (field === undefined) {
      throw this.problem(`${this.what}: expected a field "${name}", got the end of the line`);
    }
    return field;
  }

  /** Whether there is another field. */
  get more(): boolean {
    return this.at < this.fields.length;
  }

  private next<T>(value: T): T {
    this.column += (this.fields[this.at]?.length ?? 0) + 1;
    this.at++;
    return value;
  }

  name(name: string): string {
    const field = this.text(name);
    if (field === '') throw this.problem(`${this.what}: expected its ${name}, got nothing`);
    return this.next(field);
  }

  word(name: string): string {
    return this.next(this.text(name));
  }

  words(name: string): string[] {
    const field = this.next(this.text(name));
    return field === '' ? [] : field.split(',');
  }

  /** One of a few words. */
  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const field = this.text(name);
    const found = choices.find((choice) => choice === field);
    if (found !== undefined) return this.next(found);
    throw this.problem(`${name}: expected one of ${choices.join(', ')}, got "${field}"`);
  }

  /** Several of a few words, divided by commas. */
  choices<const T extends string>(name: string, choices: readonly T[]): T[] {
    return this.words(name).map((word) => {
      const found = choices.find((choice) => choice === word);
      if (found !== undefined) return found;
      throw this.problem(`${name}: expected some of ${choices.join(', ')}, got "${word}"`);
    });
  }

  whole(name: string): number {
    return this.next(this.number(name, this.text(name), /^-?\d+(\.0*)?$/, 'a whole number'));
  }

  decimal(name: string): number {
    return this.next(this.number(name, this.text(name), /^-?\d+(\.\d+)?(e-?\d+)?$/, 'a number'));
  }

  /** Exactly so many whole numbers divided by commas; several such lists divided by semicolons. */
  lists(name: string, length: number): number[][] {
    const lists = this.text(name)
      .split(';')
      .map((list) =>
        list.split(',').map((one) => this.number(name, one, /^-?\d+$/, 'whole numbers')),
      );
    for (const list of lists) {
      if (list.length === length) continue;
      throw this.problem(`${name}: expected ${length} numbers, got ${list.length}`);
    }
    return this.next(lists);
  }

  end() {
    if (!this.more) return;
    const field = this.text('');
    throw this.problem(`${this.what}: expected the end of the line, got one more field "${field}"`);
  }

  problem(message: string): UserError {
    return new UserError({ message, where: `${this.where}:${this.column}` });
  }

  private number(name: string, text: string, pattern: RegExp, what: string): number {
    const value = Number(text);
    if (!pattern.test(text)) throw this.problem(`${name}: expected ${what}, got "${text}"`);
    if (value >= 0 && value <= largestAmount / 2 ** 20) return value;
    throw this.problem(
      `${name}: expected ${what} from 0 to ${largestAmount / 2 ** 20}, got "${text}"`,
    );
  }
}
