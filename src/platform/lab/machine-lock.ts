import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';

/**
 * Acts while no other process of this machine acts under the same name. An abstract socket
 * (unix(7)) holds the name: it goes with its process, however that ends.
 * @param seconds how long to wait for another
 * @throws UserError if another still has the name then
 */
export async function withMachineLock<T>(
  name: string,
  seconds: number,
  act: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let server = await listen(name);
  while (server === undefined) {
    if (performance.now() > deadline) {
      throw new UserError({
        message: `another process has been at it for ${seconds} s (it holds the socket @${name})`,
        remedy: `Wait until it has ended; "ss -xlp src '@${name}'" names it.`,
      });
    }
    await sleep(20);
    server = await listen(name);
  }
  try {
    return await act();
  } finally {
    server.close();
  }
}

function listen(name: string) {
  return new Promise<ReturnType<typeof createServer> | undefined>((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(`\0${name}`, () => resolve(server));
  });
}
