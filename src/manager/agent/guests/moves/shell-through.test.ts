import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { livingProcess } from '../../../../platform/ledger/living-process.ts';
import { localShell } from '../../../../platform/remote/local.ts';
import { createAuthority } from '../../../wire/certificates/authority.ts';
import { createIdentity, identityOf, type Identity } from '../../../wire/certificates/identity.ts';
import { forward } from './forward.ts';
import { ShellCalls, type ShellCall } from './shell-calls.ts';
import { shellThrough } from './shell-through.ts';
import { OtherEnd } from './tunnel-client.ts';
import { Tunnel } from './tunnel-server.ts';

let folder: string;
let tunnel: Tunnel;
let calls: ShellCalls;
let other: OtherEnd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-through-'));
  const authority = await createAuthority('test', Date.now());
  const identity = async (name: string): Promise<Identity> => {
    const member = { name, role: 'agent', now: Date.now(), days: 1 } as const;
    const trust = { authority: authority.certificate, revoked: new Set<string>() };
    return identityOf(name, await createIdentity(authority, member), trust);
  };
  const [a, b] = await Promise.all([identity('a'), identity('b')]);
  calls = new ShellCalls(localShell);
  const answer = (call: unknown) => calls.answer(call as ShellCall);
  tunnel = await Tunnel.open({ host: '127.0.0.1', self: () => b, answer });
  const { port, secret } = tunnel;
  other = new OtherEnd({ address: `127.0.0.1:${port}`, host: 'b', secret, self: () => a });
});

afterAll(async () => {
  other.close();
  tunnel.close();
  await calls.close();
  rmSync(folder, { recursive: true });
});

describe('a shell through a tunnel', () => {
  it('runs programs, with their words and codes', async () => {
    const shell = shellThrough(other);
    const env = { WHAT: 'said' };
    const said = await shell.run(['sh', '-c', 'echo "$WHAT"; echo aside >&2'], { env });
    expect(said).toEqual({ stdout: 'said\n', stderr: 'aside\n' });
    const failing = shell.run(['sh', '-c', 'echo no >&2; exit 3']);
    await expect(failing).rejects.toMatchObject({ host: 'b', code: 3, stderr: 'no\n' });
    await expect(shell.run(['no-such-program'])).rejects.toThrow(/no-such-program/);
    await expect(shell.run(['sleep', '60'], { timeout: 0.1 })).rejects.toThrow(/0.1 s/);
    expect((await shell.readFile('/proc/self/comm')).toString()).toMatch(/\n$/);
    await expect(shell.readFile('/no/such/file')).rejects.toThrow('on b: ');
  });

  it('talks with programs, and tells how they ended', async () => {
    const shell = shellThrough(other);
    const cat = await shell.open(['cat']);
    cat.stdin.write('echo');
    expect(String((await once(cat.stdout, 'data'))[0])).toBe('echo');
    cat.kill('SIGTERM');
    expect(await cat.exited).toMatchObject({ signal: 'SIGTERM' });
    const quick = await shell.start(['sh', '-c', 'exit 4']);
    expect(await quick.exited).toMatchObject({ code: 4 });
  });

  it('hears what a program says after its input has ended', async () => {
    const { stdin, stdout } = await shellThrough(other).open([
      ...(['sh', '-c', 'cat > "$1"; sleep 0.3; cat "$1"'] as const),
      ...['sh', join(folder, 'said')],
    ]);
    stdin.end('late');
    let heard = '';
    for await (const chunk of stdout) heard += String(chunk);
    expect(heard).toBe('late');
  });

  it('reaches sockets there by sockets here, and all that is said arrives', async () => {
    const far = join(folder, 'far.sock');
    const server = createServer((socket) => socket.end('x'.repeat(300_000)));
    server.listen(far);
    await once(server, 'listening');
    const near = join(folder, 'near.sock');
    const close = await forward(near, () => shellThrough(other).connect(far));
    let heard = 0;
    for await (const chunk of await localShell.connect(near)) heard += (chunk as Buffer).length;
    expect(heard).toBe(300_000);
    close();
    server.close();
    await expect(localShell.connect(near)).rejects.toThrow();
  });

  it('leaves nothing running when the move is over', async () => {
    const calls = new ShellCalls(localShell);
    const started = await calls.answer({ ask: 'start', argv: ['sleep', '600'], piped: false });
    const { pid } = started.reply as { pid: number };
    expect(livingProcess(pid)).toBeDefined();
    await calls.close();
    expect(livingProcess(pid)).toBeUndefined();
  });

  it('is over, too, where nobody took what a program said', async () => {
    const calls = new ShellCalls(localShell);
    const argv = ['sh', '-c', 'read -r line; seq 100000'] as const;
    const { reply, join: stream } = await calls.answer({ ask: 'start', argv, piped: true });
    const { pid } = reply as { pid: number };
    (stream as Duplex).on('error', () => undefined).destroy();
    expect((await calls.answer({ ask: 'ended', pid })).reply).toMatchObject({ code: 0 });
    await calls.close();
  });
});
