import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { thisMachine } from '../remote/this-machine.ts';
import type { ProgramName } from './compile.ts';
import { hostProgram } from './host-program.ts';

/** Why programs cannot be compiled here; undefined if they can. Throws where CI demands it. */
export function whyNotCompile(): string | undefined {
  try {
    const library = execFileSync('gcc', ['-print-file-name=libc.a'], { encoding: 'utf8' }).trim();
    if (existsSync(library)) return undefined;
  } catch {
    // No gcc, then.
  }
  const why = 'gcc or its static C library is missing (apt-get install gcc libc6-dev)';
  if (process.env.CI === 'true') throw new Error(why);
  return why;
}

/** The path of one of our programs, compiled once for all tests. */
export const compiledProgram = (program: ProgramName): Promise<string> =>
  hostProgram(thisMachine('/nowhere'), undefined, program);

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp6');
  socket.bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Ends a child and waits for it, also one that is stopped. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  child.kill('SIGCONT');
  await exited;
}

/** The service of a guest, on this machine. */
export interface RunningService {
  readonly child: ChildProcess;
  readonly udpPort: number;
  readonly httpPort: number;
  /** What it printed when it was ready. */
  readonly readyLine: string;
}

/** Starts `vg-guest serve` on free ports. */
export async function startService(): Promise<RunningService> {
  // Another program may take a port between our look and the start: then with other ports.
  for (let tries = 0; ; tries++) {
    const udpPort = await freeUdpPort();
    const httpPort = await freeTcpPort();
    try {
      const ports = ['--udp', String(udpPort), '--http', String(httpPort)];
      const [child, readyLine] = await startedService(ports);
      return { child, udpPort, httpPort, readyLine };
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

/** Starts `vg-guest serve` with these options; gives it with what it printed when it was ready. */
export async function startedService(options: readonly string[]): Promise<[ChildProcess, string]> {
  const program = await compiledProgram('vg-guest');
  const child = spawn(program, ['serve', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const first = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('close', () => reject(new Error(`serve ended before it was ready: ${errors}`)));
  });
  return [child, first];
}
