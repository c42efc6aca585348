import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** One member of an etcd that runs on this machine. */
export interface EtcdMember {
  readonly url: string;
  /** Its process; stopped by `SIGSTOP` it is as if it were cut off. */
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** Starts an etcd of several members, their data below a folder. */
export async function startEtcd(
  folder: string,
  count: number,
  ...more: string[]
): Promise<EtcdMember[]> {
  const ports = await freePorts(2 * count);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const peers = urls.slice(count);
  const cluster = peers.map((url, at) => `m${at}=${url}`).join(',');
  return peers.map((peer, at) => {
    const [url = '', data] = [urls[at], join(folder, `m${at}`)];
    mkdirSync(data, { mode: 0o700, recursive: true });
    const options = {
      ...{ name: `m${at}`, 'data-dir': data },
      ...{ 'listen-client-urls': url, 'advertise-client-urls': url },
      ...{ 'listen-peer-urls': peer, 'initial-advertise-peer-urls': peer },
      ...{ 'initial-cluster': cluster, 'log-level': 'error' },
    };
    const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('etcd', [...words, ...more], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    return { url, child, ended };
  });
}

export async function endEtcd(members: readonly EtcdMember[]): Promise<void> {
  for (const { child } of members) child.kill('SIGKILL');
  await Promise.all(members.map(({ ended }) => ended));
}

/** Ports of the loopback that nobody uses at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map((server) => new Promise((resolve) => server.close(() => resolve(undefined)))),
  );
  return ports;
}
