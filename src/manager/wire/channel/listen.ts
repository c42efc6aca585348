import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { UserError } from '../../../base/errors.ts';

/** @throws UserError if a server cannot listen there */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, resolve);
    });
  } catch (error) {
    throw new UserError(
      {
        where: `${host}:${port}`,
        message: `cannot listen there (${(error as Error).message})`,
        remedy: 'Choose another address or port, or end what listens on it.',
      },
      { cause: error },
    );
  }
}

/** For what listens there only later. @throws UserError if no server can */
export async function expectListening(at: { host: string; port: number }): Promise<void> {
  const server = createServer();
  await listen(server, at.host, at.port);
  await once(server.close(), 'close');
}
