/**
 * What went wrong, in the words of the person who can mend it: what was expected, what came,
 * where it stands, and what to do next.
 */
export interface Problem {
  /** One sentence, naming what was expected and the value received. */
  message: string;
  /** Where it stands: `file:line:column`, a path, a host. */
  where?: string;
  /** Source lines with a caret under the culprit, ready to print. */
  excerpt?: string;
  /** What to do next. */
  remedy?: string;
}

/** A mistake of input or environment, not of virtgauge: printed without a stack, exit code 1. */
export class UserError extends Error {
  readonly problems: readonly Problem[];

  constructor(problem: Problem | readonly Problem[], options?: ErrorOptions) {
    const problems = Array.isArray(problem)
      ? (problem as readonly Problem[])
      : [problem as Problem];
    super(problems.map(formatProblem).join('\n'), options);
    this.name = 'UserError';
    this.problems = problems;
  }
}

/** The one place where the text of an error for users is made. */
export function formatProblem({ message, where, excerpt, remedy }: Problem): string {
  const lines = [where === undefined ? message : `${where}: ${message}`];
  if (excerpt !== undefined) lines.push(excerpt);
  if (remedy !== undefined) lines.push(`  ${remedy}`);
  return lines.join('\n');
}
