import { show } from '../../../base/yaml/printable.ts';
import { numberUnits } from './dimension.ts';
import {
  type Comparator,
  ConditionError,
  type Expression,
  type FigureNode,
  type NumberNode,
  type Selector,
} from './syntax.ts';

/** Brackets in brackets: more than anybody writes, and recursion stays shallow. */
const deepest = 50;

const patterns = {
  space: /[\s]*/y,
  name: /[A-Za-z][\w-]*(?:\.[\w-]+)*/y,
  digits: /\d+(?:\.\d+)?(?:e[+-]?\d+)?/y,
  comparator: /<=|>=|[<>=≤≥]/y,
  level: /"[^"]*"|[^\s,()"]+/y,
};
const units = [...numberUnits.keys()].filter((unit) => unit !== '');
const unit = new RegExp(
  `\\s*(${units
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace('/', '\\/'))
    .join('|')})(?![\\w.-])`,
  'y',
);

/**
 * Reads a condition:
 *
 *     condition  := comparison { ("and" | "or") comparison }      "and" binds tighter
 *     comparison := product ("<" | ">" | "<=" | ">=" | "=") product
 *     product    := operand { ("*" | "/") operand }
 *     operand    := number [unit] | metric [ "(" factor "=" level { "," … } ")" ] | "(" condition ")"
 *
 * @throws ConditionError with its place in the text
 */
export function parseCondition(text: string): Expression {
  const parser = new Parser(text);
  const whole = parser.junction('or', 0);
  parser.end();
  return whole;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  junction(kind: 'and' | 'or', depth: number): Expression {
    const part = () => (kind === 'or' ? this.junction('and', depth) : this.#comparison(depth));
    let left = part();
    while (this.#word(kind)) {
      const right = part();
      left = { kind, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#expected('and, or, or the end');
  }

  #comparison(depth: number): Expression {
    const left = this.#product(depth);
    this.#skip();
    const found = this.#match('comparator');
    if (found === undefined) return left;
    const operator = found.replace('≤', '<=').replace('≥', '>=') as Comparator;
    const right = this.#product(depth);
    return { kind: 'comparison', operator, left, right, start: left.start, end: right.end };
  }

  #product(depth: number): Expression {
    let left = this.#operand(depth);
    for (;;) {
      this.#skip();
      const operator = this.#text[this.#at];
      if (operator !== '*' && operator !== '/') return left;
      this.#at++;
      const right = this.#operand(depth);
      left = { kind: 'product', operator, left, right, start: left.start, end: right.end };
    }
  }

  #operand(depth: number): Expression {
    this.#skip();
    const start = this.#at;
    if (this.#text[start] === '(') {
      if (depth >= deepest) {
        const place = { start, end: start + 1 };
        throw new ConditionError(`expected at most ${deepest} brackets in each other`, place);
      }
      this.#at++;
      const inner = this.junction('or', depth + 1);
      this.#close();
      return { ...inner, start, end: this.#at };
    }
    const digits = this.#match('digits');
    if (digits !== undefined) return this.#number(start, digits);
    const name = this.#match('name');
    if (name === undefined) throw this.#expected('a metric, a number or (');
    return this.#figure(start, name);
  }

  #number(start: number, digits: string): NumberNode {
    unit.lastIndex = this.#at;
    const [whole = '', name = ''] = unit.exec(this.#text) ?? [];
    this.#at += whole.length;
    return { kind: 'number', value: Number(digits), unit: name, start, end: this.#at };
  }

  #figure(start: number, metric: string): FigureNode {
    const metricEnd = this.#at;
    const selectors: Selector[] = [];
    if (this.#text[this.#at] === '(') {
      this.#at++;
      do selectors.push(this.#selector());
      while (this.#character(','));
      this.#close();
    }
    return { kind: 'figure', metric, metricEnd, selectors, start, end: this.#at };
  }

  #selector(): Selector {
    this.#skip();
    const start = this.#at;
    const name = this.#match('name');
    if (name === undefined) throw this.#expected('factor=level such as storage=shared');
    const nameEnd = this.#at;
    if (!this.#character('=')) throw this.#expected(`= and a level behind ${name}`);
    this.#skip();
    const levelStart = this.#at;
    const level = this.#match('level');
    if (level === undefined) throw this.#expected(`a level of ${name}`);
    const unquoted = level.startsWith('"') ? level.slice(1, -1) : level;
    return { name, nameEnd, level: unquoted, levelStart, start, end: this.#at };
  }

  #close(): void {
    if (!this.#character(')')) throw this.#expected(')');
  }

  #character(wanted: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  #word(wanted: string): boolean {
    this.#skip();
    const start = this.#at;
    if (this.#match('name') === wanted) return true;
    this.#at = start;
    return false;
  }

  #match(name: keyof typeof patterns): string | undefined {
    const pattern = patterns[name];
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #skip(): void {
    this.#match('space');
  }

  #expected(what: string): ConditionError {
    this.#skip();
    const start = this.#at;
    if (start >= this.#text.length) {
      return new ConditionError(`expected ${what}, got the end`, { start, end: start });
    }
    const rest = /^([A-Za-z0-9][\w.-]*|[\s\S])/u.exec(this.#text.slice(start))?.[0] ?? '';
    return new ConditionError(`expected ${what}, got ${show(rest)}`, {
      start,
      end: start + rest.length,
    });
  }
}
