import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Joins each connection to a unix socket of this host to a stream from elsewhere; one for which there is
 * none is closed.
 * @returns ends that, and what is joined
 */
export async function forward(
  path: string,
  streamFor: (socket: Socket) => Promise<Duplex>,
): Promise<() => void> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
    streamFor(socket).then(
      (stream) => {
        // What is on its way still gets there.
        stream.on('error', () => undefined).once('close', () => socket.end());
        socket.once('close', () => stream.destroy());
        socket.pipe(stream).pipe(socket);
      },
      () => socket.destroy(),
    );
  });
  await rm(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}
