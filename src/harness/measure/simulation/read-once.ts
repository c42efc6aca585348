import { readFileSync } from 'node:fs';
import { UserError } from '../../../base/errors.ts';

/**
 * A reader of files that scenarios name: each is read once, for all trials.
 * @param remedy what to name instead of a file that cannot be read
 */
export function readOnce<Content>(
  parse: (text: string, path: string) => Content,
  remedy: string,
): (where: string, path: string) => Content {
  const known = new Map<string, Content>();
  return (where, path) => {
    const content = known.get(path) ?? parse(textOf(where, path, remedy), path);
    known.set(path, content);
    return content;
  };
}

function textOf(where: string, path: string, remedy: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as Error).message.split(',')[0] ?? '';
    throw new UserError(
      { where, message: `expected a file that can be read, got ${path} (${why})`, remedy },
      { cause },
    );
  }
}
