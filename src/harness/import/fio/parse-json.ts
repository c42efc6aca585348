import { errorOf } from '../../../base/yaml/finding.ts';
import { escapeControls } from '../../../base/yaml/printable.ts';
import type { Source } from '../../../base/yaml/tree.ts';
import { findDocument } from '../../measure/guest-io/fio/document.ts';
import { jsonErrorPosition } from '../../results/json-error-position.ts';

/**
 * The JSON document that fio printed, and where it begins: fio puts notes of its own around it.
 * @throws UserError naming line and column where it stops being JSON, or where a second one begins
 */
export function parseFioJson(source: Source): { content: unknown; begin: number } {
  const { text } = source;
  const { begin, end, second } = findDocument(text);
  if (second !== undefined) {
    const span = { source, start: second, end: second + 1 };
    const message = "expected one JSON document in fio's output, got a second one";
    const remedy = 'run fio without --status-interval, or keep only the last document';
    throw errorOf([{ span, message, remedy }]);
  }
  const document = text.slice(begin, end);
  try {
    return { content: JSON.parse(document), begin };
  } catch (error) {
    const at = begin + jsonErrorPosition(document);
    const span = { source, start: at, end: at + 1 };
    if (text.trim() === '') {
      throw errorOf([{ span, message: "expected fio's output as JSON, got an empty file" }]);
    }
    if (at >= text.trimEnd().length) {
      const message = "expected the rest of fio's output, got the end of the file: it is cut off";
      throw errorOf([{ span, message, remedy: 'copy it again, or run fio again' }]);
    }
    const { message } = error as Error;
    throw errorOf([
      {
        span,
        message: `expected fio's output as JSON (${escapeControls(message.slice(0, 100))})`,
        remedy: 'fio --output-format=json+ --output=FILE writes it',
      },
    ]);
  }
}
