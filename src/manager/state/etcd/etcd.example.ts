import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../../base/free-port.ts';

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
