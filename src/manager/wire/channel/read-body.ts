import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import { limits } from '../xml/limits.ts';

/**
 * The body of a request, whole. Read from the connection itself: a web stream around it costs more than
 * all the rest of a message.
 * @throws Refusal as soon as it is known to be too large; what is still to come is not read
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = () => {
      incoming.off('data', take).pause();
      reject(new Refusal('too large', `expected at most ${limits.size} bytes`));
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.size) refuse();
      else chunks.push(chunk);
    };
    if (Number(incoming.headers['content-length'] ?? 0) > limits.size) {
      refuse();
      return;
    }
    incoming
      .on('data', take)
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', reject)
      .once('close', () => {
        if (!incoming.complete) reject(new Refusal('too slow', 'its connection has ended'));
      });
  });
}
