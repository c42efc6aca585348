import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { guestPaths } from '../../../hypervisor/qemu/command-line.ts';

/** What a QEMU says that nobody drives, by command; the others get an empty answer. */
const answers: Readonly<Record<string, unknown>> = {
  'query-named-block-nodes': [],
  'query-block-jobs': [],
  'query-migrate': { status: 'none' },
};

/**
 * A QEMU as its monitor shows it, until it is told to quit.
 * @param folder for its sockets
 */
export async function leftQemu(
  folder: string,
  { running, deaf = false }: { running: boolean; deaf?: boolean },
): Promise<{ server: Server; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) {
        const { execute, id } = JSON.parse(line) as { execute: string; id: number };
        heard.push(execute);
        if (execute === 'quit' && !deaf) {
          server.close();
          socket.destroy();
          return;
        }
        const status = { running, status: running ? 'running' : 'inmigrate', singlestep: false };
        const told = execute === 'query-status' ? status : (answers[execute] ?? {});
        socket.write(`${JSON.stringify({ return: told, id })}\r\n`);
      }
    });
  }).listen(guestPaths(folder).monitor);
  await once(server, 'listening');
  return { server, heard };
}
