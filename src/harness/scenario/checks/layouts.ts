import type { Finding } from '../../../base/yaml/finding.ts';
import { showPath } from '../../../base/yaml/printable.ts';
import { valueSpan, type Path, type Span, type Tree } from '../../../base/yaml/tree.ts';
import { isFault, readLayoutText, stripeGranule } from '../../../platform/storage/layout-text.ts';
import type { Scenario } from '../schema.ts';

/** Layouts can be read, and stripes are as large as Lustre takes them. */
export function checkLayouts({ fixed, factors }: Scenario, tree: Tree): Finding[] {
  const layouts = written('layout', fixed.layout, factors.layout);
  const sizes = written('stripeSize', fixed.stripeSize, factors.stripeSize);
  return [
    ...layouts.flatMap(([path, text]) => layoutFindings(path, text, tree)),
    ...sizes.flatMap(([path, size]) => {
      if (size === 'inherit' || size % stripeGranule === 0) return [];
      const message = `${showPath(path)}: expected a multiple of 64KiB, got ${size} bytes`;
      return [{ span: valueSpan(tree, path), message }];
    }),
  ];
}

function layoutFindings(path: Path, text: string, tree: Tree): Finding[] {
  if (text === 'inherit') return [];
  const read = readLayoutText(text);
  if (!isFault(read)) return [];
  const span = within(valueSpan(tree, path), text, read.at);
  return [{ span, message: `${showPath(path)}: ${read.message}` }];
}

/** Held or crossed, with where it stands. */
function written<Level>(
  factor: string,
  held: Level | undefined,
  crossed: readonly Level[] | undefined,
): [Path, Level][] {
  return [
    ...(held === undefined ? [] : [[['fixed', factor], held] satisfies [Path, Level]]),
    ...(crossed ?? []).map((level, index): [Path, Level] => [['factors', factor, index], level]),
  ];
}

/** From a character of a text that was written as it is; else all of it. */
function within(span: Span, text: string, at: number): Span {
  const index = span.source.text.slice(span.start, span.end).indexOf(text);
  if (index < 0) return span;
  const start = span.start + index + at;
  const word = /^\S+/.exec(text.slice(at))?.[0].length ?? 1;
  return { ...span, start, end: start + word };
}
