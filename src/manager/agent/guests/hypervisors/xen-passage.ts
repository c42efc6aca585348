import { join } from 'node:path';
import type { GuestSpec } from '../../../../platform/hypervisor/hypervisor.ts';
import { quote } from '../../../../platform/remote/ssh/quote.ts';
import { forward } from '../moves/forward.ts';
import type { Passage } from '../moves/send-by-tool.ts';
import type { Move } from '../moves/send.ts';
import { shellThrough } from '../moves/shell-through.ts';
import { readLine } from '../moves/tunnel-server.ts';

/** In place of ssh: says a line for a shell of the other host to a socket, and is joined to what runs there. */
const login =
  "const [socket, line] = process.argv.slice(1); const stream = require('node:net').connect(socket); " +
  "stream.write(JSON.stringify(line) + '\\n'); process.stdin.pipe(stream).pipe(process.stdout); " +
  "stream.on('error', (error) => { console.error(error.message); process.exit(255); });" +
  "stream.on('close', () => process.stdin.destroy());";

/** `xl migrate` talks with the xl of the other host through the tunnel. */
export async function toXen({ guest, other }: Move, spec: GuestSpec): Promise<Passage> {
  const path = join(guest.spec.directory, 'login.sock');
  const said = join(spec.directory, 'receiver.log');
  const close = await forward(path, async (socket) => {
    const line = JSON.parse(await readLine(socket)) as string;
    const argv = ['sh', '-c', `exec ${line} 2>> ${quote(said)}`] as const;
    const { stream } = await other.join({ ask: 'start', argv, piped: true });
    return stream;
  });
  const errors = ['sh', '-c', 'grep -iE "error|fail" "$1" | tail -n 2', 'sh', said] as const;
  return {
    host: { login: [process.execPath, '-e', login, path] },
    async said() {
      const { stdout } = await shellThrough(other).run(errors, { timeout: 30 });
      return stdout.trim().replaceAll('\n', '; ');
    },
    close,
  };
}
