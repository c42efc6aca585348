import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Below are ports of well-known services. */
const first = 10_000;

/**
 * TCP ports of an address of this machine that nobody listens on at the moment, each another one. None of
 * those that the kernel gives to connections: one of them could have it before it is listened on.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const ports = new Set<number>();
  const end = Math.max(firstOfConnections(), first + 1000);
  while (ports.size < count) {
    const port = randomInt(first, end);
    if (await isFree(port, host)) ports.add(port);
  }
  return [...ports];
}

/** One of them. */
export async function freePort(host?: string): Promise<number> {
  const [port = 0] = await freePorts(1, host);
  return port;
}

/** The first port that the kernel gives to connections which ask for none (Linux: ip-sysctl). */
function firstOfConnections(): number {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  return Number.parseInt(range, 10);
}

/** @throws the error of the system, where it is another one than that the port is taken */
async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  await once(server.close(), 'close');
  return true;
}
