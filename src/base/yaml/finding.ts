import { UserError, type Problem } from '../errors.ts';
import { excerpt, position } from './excerpt.ts';
import { escapeControls } from './printable.ts';
import type { Span } from './tree.ts';

/** What is wrong with a piece of a source. */
export interface Finding {
  span: Span;
  message: string;
  /** Stands behind the caret: `did you mean "lustre"?` */
  hint?: string | undefined;
  remedy?: string | undefined;
}

/** More problems than this help nobody: the rest is counted. */
const most = 20;

/** All findings as one error: those of a file in order of position, then those of `--set`. */
export function errorOf(findings: readonly Finding[]): UserError {
  const sorted = [...findings].sort(
    (a, b) =>
      Number(b.span.source.lines) - Number(a.span.source.lines) ||
      (a.span.source === b.span.source ? a.span.start - b.span.start : 0),
  );
  const problems = sorted.slice(0, most).map(problemOf);
  const rest = sorted.length - problems.length;
  if (rest > 0)
    problems.push({ message: `and ${rest} more ${rest === 1 ? 'problem' : 'problems'}` });
  return new UserError(problems);
}

function problemOf({ span, message, hint, remedy }: Finding): Problem {
  const name = escapeControls(span.source.name);
  if (!span.source.lines) {
    const advice = [hint, remedy].filter((text) => text !== undefined).join('\n  ');
    return { message, where: name, ...(advice !== '' && { remedy: advice }) };
  }
  const { line, column } = position(span);
  return {
    message,
    where: `${name}:${line}:${column}`,
    excerpt: excerpt(span, hint),
    ...(remedy !== undefined && { remedy }),
  };
}
