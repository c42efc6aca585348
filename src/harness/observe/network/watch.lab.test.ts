import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { monotonicClock } from '../../../base/clock.ts';
import {
  compiledProgram,
  end,
  startService,
} from '../../../platform/programs/guest-service.example.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { parsePcap } from '../capture/pcap.ts';
import { datagramOf } from '../capture/udp.ts';
import { parseProbe } from './recording.ts';
import { networkTrace, type NetworkTrace } from './trace.ts';
import { watchNetwork } from './watch.ts';

const whyNot = whyNoNamespace();
if (whyNot !== undefined && process.env.CI === 'true') throw new Error(whyNot);

function whyNoNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const program of ['tcpdump', 'ip', 'setpriv', 'gcc']) {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
    } catch {
      return `needs ${program}`;
    }
  }
  return undefined;
}

const own = `vgw${process.pid}`;
const inside = `vgg${process.pid}`;
const environment = { VIRTGAUGE_MARK: 'watch-lab-test' };

async function ip(...args: string[]): Promise<string> {
  return (await localShell.run(['ip', ...args], { timeout: 20 })).stdout;
}

describe.skipIf(whyNot !== undefined)(`capturing${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let service: ChildProcess;
  let host: Host;
  const ipv4 = { host: '10.78.5.2', port: 7 };
  const linkLocal = { host: `fe80::5:2%${own}`, port: 7 };
  let trace: NetworkTrace;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-watch-'));
    host = thisMachine(folder, 'here');
    await ip('netns', 'add', own);
    await ip('link', 'add', own, 'type', 'veth', 'peer', 'name', inside, 'netns', own);
    await ip('addr', 'add', '10.78.5.1/24', 'dev', own);
    await ip('addr', 'add', 'fe80::5:1/64', 'dev', own, 'nodad');
    await ip('link', 'set', own, 'up');
    await ip('-n', own, 'addr', 'add', '10.78.5.2/24', 'dev', inside);
    await ip('-n', own, 'addr', 'add', 'fe80::5:2/64', 'dev', inside, 'nodad');
    await ip('-n', own, 'link', 'set', inside, 'up');
    const serve = ['netns', 'exec', own, await compiledProgram('vg-guest'), 'serve', '--udp', '7'];
    service = spawn('ip', serve, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (service.stdout !== null) await once(service.stdout, 'data');

    const watching = await watchNetwork({ host, targets: [linkLocal, ipv4], environment });
    await delay(300);
    trace = await watching.stop();
  }, 120_000);

  afterAll(async () => {
    await end(service);
    await ip('netns', 'del', own);
    await rm(folder, { recursive: true, force: true });
  });

  it('stamps by captured packets, and loses nothing of its own', () => {
    expect(trace.stamps).toBe('capture');
    expect(trace.warnings).toEqual([]);
    expect(trace.raw.map(({ name }) => name)).toEqual(['network-probe.txt', `network-${own}.pcap`]);
  });

  it('finds every answer, close to the stamp of the socket', () => {
    const text = trace.raw[0]?.content as Buffer;
    const bySocket = networkTrace({
      recording: parseProbe(text.toString('latin1')),
      fromWall: (epochSeconds) => host.clock.fromWall(epochSeconds),
      ...{ raw: [], warnings: [] },
    });
    const count = trace.requests.due.length;
    expect(trace.answers.at.length).toBe(count);
    expect(bySocket.answers.at.length).toBe(count);
    const apart = Array.from({ length: count }, (_, i) =>
      Math.abs((bySocket.answers.at[i] ?? NaN) - (trace.answers.at[i] ?? NaN)),
    );
    // The same packets: their stamps are made some instructions apart.
    expect(apart.sort((a, b) => a - b)[count >> 1]).toBeLessThan(0.001);
  });

  it('reads a capture as tcpdump itself reads it', async () => {
    const file = trace.raw[1]?.content as Buffer;
    const path = join(folder, 'all.pcap');
    await writeFile(path, file);
    const packets = ours(file);
    expect(packets.filter((text) => text.startsWith('10.78.5.2.7 > ')).length).toBeGreaterThan(100);
    expect(packets.filter((text) => text.startsWith('fe80:')).length).toBeGreaterThan(100);
    expect(packets).toEqual(await asTcpdump(path));
  });

  it.each(['LINUX_SLL', 'LINUX_SLL2'])('reads %s as tcpdump itself reads it', async (type) => {
    const path = join(folder, `${type}.pcap`);
    const argv = ['-i', 'any', '-y', type, '-n', '-U', '--immediate-mode', '-w', path];
    const tcpdump = spawn(
      'tcpdump',
      [...argv, '-Z', 'root', 'udp and (net 10.78.5.0/24 or host fe80::5:2)'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    await once(tcpdump.stderr, 'data');
    const watching = await watchNetwork({ host, targets: [linkLocal, ipv4], environment });
    await delay(200);
    await watching.stop();
    await end(tcpdump);
    const packets = ours(await localShell.readFile(path));
    expect(packets.length).toBeGreaterThan(100);
    expect(packets).toEqual(await asTcpdump(path));
  });

  it('works for an ordinary user, without a capture', async () => {
    // What this user may read.
    const here = await startService();
    const cache = await mkdtemp(join(tmpdir(), 'vg-cache-'));
    await chmod(cache, 0o755);
    vi.stubEnv('VIRTGAUGE_CACHE', cache);
    const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] as const;
    const shell = {
      ...localShell,
      open: (argv: readonly string[], options?: object) =>
        localShell.open([...user, ...argv], options),
    };
    const targets = [{ host: '127.0.0.1', port: here.udpPort }];
    try {
      const watching = await watchNetwork({ host: { ...host, shell }, targets, environment });
      await delay(200);
      const seen = await watching.stop();
      expect(seen.stamps).toBe('socket');
      expect(seen.warnings).toEqual([]);
      expect(seen.answers.at.length).toBe(seen.requests.due.length);
    } finally {
      await end(here.child);
      vi.unstubAllEnvs();
      await rm(cache, { recursive: true, force: true });
    }
  });

  // Last: with the link, the IPv6 address goes.
  it('sees a link that was cut, for as long as it was', async () => {
    const watching = await watchNetwork({ host, targets: [ipv4], environment });
    await delay(200);
    await ip('-n', own, 'link', 'set', inside, 'down');
    const from = monotonicClock.now();
    await delay(150);
    const to = monotonicClock.now();
    await ip('-n', own, 'link', 'set', inside, 'up');
    await delay(500);
    const seen = await watching.stop();
    expect(seen.stamps).toBe('capture');
    const gaps = seen.gaps(seen.watched, 0.1);
    expect(gaps.filter((gap) => gap.from <= from && gap.to >= to)).toHaveLength(1);
    expect(seen.longest({ from, to })).toBeGreaterThanOrEqual(to - from);
  });
});

/** Each datagram in words. */
function ours(file: Buffer): string[] {
  const { linkType, packets } = parsePcap(file);
  return packets.flatMap(({ data }) => {
    const datagram = datagramOf(linkType, data);
    if (datagram === undefined) return [];
    const { source, destination, payload } = datagram;
    const end = ({ host, port }: typeof source) => `${host}.${port}`;
    return [`${end(source)} > ${end(destination)} ${payload.toString('latin1')}`];
  });
}

async function asTcpdump(path: string): Promise<string[]> {
  const argv = ['tcpdump', '-r', path, '-n', '-t', '-A', '-q'] as const;
  const { stdout } = await localShell.run(argv, { timeout: 60 });
  // Cooked packets are told with the interface and the direction before; bytes that are line ends
  // are printed as such.
  const packets = [...stdout.matchAll(/IP6? (\S+) > (\S+): UDP, length \d+/g)];
  return packets.map((match, i) => {
    const body = stdout.slice(match.index, packets[i + 1]?.index);
    return `${full(match[1])} > ${full(match[2])} ${/VG1 [\da-f ]+/.exec(body)?.[0] ?? ''}`;
  });
}

/** `fe80::5:2.7` with its address in full. */
function full(endpoint = ''): string {
  const at = endpoint.lastIndexOf('.');
  const address = endpoint.slice(0, at);
  if (!address.includes(':')) return endpoint;
  const [head = '', tail = ''] = address.split('::');
  const groups = [head, tail].map((text) => (text === '' ? [] : text.split(':')));
  const missing = 8 - groups.flat().length;
  return (
    [...(groups[0] ?? []), ...Array<string>(missing).fill('0'), ...(groups[1] ?? [])].join(':') +
    endpoint.slice(at)
  );
}
