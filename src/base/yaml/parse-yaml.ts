import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type Alias,
  type Document,
  type ParsedNode,
  type YAMLError,
} from 'yaml';
import { errorOf, type Finding } from './finding.ts';
import { escapeControls, show } from './printable.ts';
import type { Entry, Source, Span, Tree } from './tree.ts';

const deepest = 64;
const mostValues = 20_000;
const mostErrors = 20;

/**
 * Reads one YAML 1.2 document. Bounded in time and memory whatever the text: nesting is limited
 * before anything recurses, and so is what aliases expand to.
 * @returns the tree, or undefined where there is nothing but comments
 * @throws UserError with every fault of the text
 */
export function parseYaml(source: Source): Tree | undefined {
  const documents = compose(source);
  const [first, second] = documents;
  if (second !== undefined) {
    const start = second.range[0];
    throw errorOf([
      {
        span: { source, start, end: start + 1 },
        message: 'expected one document, got a second one',
        remedy: `put each ${source.noun} into a file of its own and remove the "---" between them`,
      },
    ]);
  }
  if (first === undefined) return undefined;
  const faults = [...first.errors, ...first.warnings];
  if (faults.length > 0) throw errorOf(faults.map((fault) => findingOf(fault, source)));
  const contents = first.contents;
  if (contents === null) return undefined;
  const converter = new Converter(source);
  const tree = converter.convert(contents);
  if (converter.findings.length > 0) throw errorOf(converter.findings);
  return tree;
}

/** No more than two documents: the second one is a mistake already. */
function compose(source: Source): Document.Parsed[] {
  const parser = new Parser();
  const composer = new Composer({
    // Checked by the converter: the library's own check takes minutes for a file of wide mappings.
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
  });
  const documents: Document.Parsed[] = [];
  const tokens = function* () {
    for (const lexeme of new Lexer().lex(source.text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > deepest) throw tooDeep(source, parser.offset - 1);
    }
    yield* parser.end();
  };
  let errors = 0;
  for (const token of tokens()) {
    if (token.type === 'error') errors += 1;
    if (errors > mostErrors) break;
    for (const document of composer.next(token)) {
      documents.push(document);
      if (documents.length > 1) return documents;
    }
  }
  for (const document of composer.end(true, source.text.length)) documents.push(document);
  return documents;
}

function tooDeep(source: Source, offset: number) {
  return errorOf([
    {
      span: { source, start: offset, end: offset + 1 },
      message: `expected values nested at most ${deepest} deep, got more`,
    },
  ]);
}

const messages: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'expected spaces for indentation, got a tab',
  NON_STRING_KEY: 'expected a text as key, got a list or a mapping',
  MULTIPLE_ANCHORS: 'expected one anchor, got several',
};

function findingOf({ code, message, pos }: YAMLError, source: Source): Finding {
  const span = { source, start: pos[0], end: pos[1] };
  const line = source.text.slice(pos[0]).split('\n', 1)[0] ?? '';
  const lowered = message.charAt(0).toLowerCase() + message.slice(1);
  const joined = /^[\w-]+:(?=[^\s/])/.exec(line);
  return {
    span,
    message: messages[code] ?? escapeControls(lowered.slice(0, 200)),
    hint: joined ? `is a space missing after "${joined[0]}"?` : undefined,
  };
}

interface Measured {
  tree: Tree;
  /** With everything that aliases stand for. */
  values: number;
  depth: number;
}

class Converter {
  readonly findings: Finding[] = [];
  readonly #source: Source;
  /** Undefined while the anchor's own value is being read. */
  readonly #anchors = new Map<string, Measured | undefined>();

  constructor(source: Source) {
    this.#source = source;
  }

  convert(node: ParsedNode): Tree {
    return this.#convert(node).tree;
  }

  #convert(node: ParsedNode): Measured {
    if (isAlias(node)) return this.#resolve(node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, undefined);
    const measured = this.#bounded(this.#value(node));
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, measured);
    return measured;
  }

  #resolve(alias: Alias.Parsed): Measured {
    const span = this.#span(alias);
    const target = this.#anchors.get(alias.source);
    // The value is that of the anchor, its place is where it is used.
    if (target !== undefined) return { ...target, tree: { ...target.tree, span } };
    const message = this.#anchors.has(alias.source)
      ? `expected an alias of an earlier value, got one inside its own value`
      : `expected an alias of an earlier anchor, got ${show(`*${alias.source}`)}`;
    this.findings.push({ span, message });
    return scalar(span, null);
  }

  #value(node: Exclude<ParsedNode, Alias.Parsed>): Measured {
    const span = this.#span(node);
    if (isMap(node)) return this.#mapping(node.items, span);
    if (isSeq(node)) {
      const items = (node.items as (ParsedNode | Pairs[number])[]).map((item) => {
        if ('key' in item) return this.#mapping([item], span);
        return this.#convert(item);
      });
      return collect({ kind: 'list', span, items: items.map(({ tree }) => tree) }, items);
    }
    if (!isScalar(node)) throw new TypeError('a YAML node of unknown kind');
    const { value } = node;
    const known =
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean';
    if (!known)
      this.findings.push({ span, message: `expected a plain value, got ${typeof value}` });
    return scalar(span, known ? value : null, node.source);
  }

  #mapping(pairs: Pairs, span: Span): Measured {
    const entries = new Map<string, Entry>();
    const parts: Measured[] = [];
    for (const { key, value } of pairs) {
      const keySpan = this.#span(key);
      const name = isScalar(key) ? String(key.value) : '';
      if (isAlias(key) || name === '__proto__') {
        this.findings.push({ span: keySpan, message: `expected a text as key, got ${show(name)}` });
        continue;
      }
      const part = value === null ? scalar(keySpan, null) : this.#convert(value);
      parts.push(part);
      if (entries.has(name)) {
        this.findings.push({
          span: keySpan,
          message: `expected every key once, got ${show(name)} again`,
        });
        continue;
      }
      entries.set(name, { key: keySpan, value: part.tree });
    }
    return collect({ kind: 'mapping', span, entries }, parts);
  }

  /** Ends the walk: what is larger than anybody writes needs no further findings. */
  #bounded(measured: Measured): Measured {
    const { tree, values, depth } = measured;
    if (values <= mostValues && depth <= deepest) return measured;
    const message =
      values > mostValues
        ? `expected at most ${mostValues} values, aliases expanded, got more`
        : `expected values nested at most ${deepest} deep, aliases expanded, got more`;
    const { start } = tree.span;
    throw errorOf([...this.findings, { span: { ...tree.span, end: start + 1 }, message }]);
  }

  #span({ range }: ParsedNode): Span {
    return { source: this.#source, start: range[0], end: range[1] };
  }
}

type Pairs = { key: ParsedNode; value: ParsedNode | null }[];

function scalar(span: Span, value: string | number | boolean | null, written?: string): Measured {
  const tree: Tree = { kind: 'scalar', span, value, written: written ?? String(value) };
  return { tree, values: 1, depth: 1 };
}

function collect(tree: Tree, parts: readonly Measured[]): Measured {
  let values = 1;
  let depth = 0;
  for (const part of parts) {
    values += part.values;
    depth = Math.max(depth, part.depth);
  }
  return { tree, values, depth: depth + 1 };
}
