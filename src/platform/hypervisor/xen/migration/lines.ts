import type { Readable } from 'node:stream';

/** Calls `onLine` for every line of a stream as it comes; resolves at its end, never rejects. */
export function eachLine(stream: Readable, onLine: (text: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  return new Promise((resolve) => {
    stream.on('data', (chunk: string) => {
      // Progress is overwritten in place.
      const parts = (rest + chunk).split(/[\n\r]+/);
      rest = parts.pop() ?? '';
      for (const part of parts) onLine(part);
    });
    const end = () => {
      if (rest !== '') onLine(rest);
      rest = '';
      resolve();
    };
    stream.once('end', end);
    stream.once('close', end);
    stream.once('error', end);
  });
}
