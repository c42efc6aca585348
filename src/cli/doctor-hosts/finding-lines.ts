import { formatProblem } from '../../base/errors.ts';
import type { Finding } from './finding.ts';

/** As the doctor prints them: problems behind a `!`, what to do about something below it. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ topic, text, problem, advice }) => {
    const [head = '', ...rest] =
      problem === undefined ? [text] : formatProblem(problem).split('\n');
    const first = `  ${topic.padEnd(16)}${problem === undefined ? '' : '! '}${head}`.trimEnd();
    const below = [...rest, ...(advice === undefined ? [] : [advice])];
    return [first, ...below.map((line) => `${' '.repeat(20)}${line.trim()}`)];
  });
}
