import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/package-root.ts';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { labDown, labNames, labUp, readLab, type LabRequest } from '../index.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('a lab of namespaces needs root');
const why = isRoot ? '' : ', skipped: needs root';

const state = mkdtempSync(join(tmpdir(), 'virtgauge-lab-test-'));
const cache = cacheDirectory(process.env);
const name = `test-${process.pid}`;
afterEach(async () => {
  for (const left of labNames(state)) await labDown({ stateDirectory: state, name: left });
});
afterAll(() => rmSync(state, { recursive: true }));

const up = (options: Partial<LabRequest> = {}) =>
  labUp({ stateDirectory: state, cache, name, namespaces: 2, ...options });

/** Runs a line in a host by the system's own ssh. */
function ssh(host: number, line: string): string {
  const { folder, hosts } = readLab(state, name) ?? { folder: '', hosts: [] };
  const options = [`UserKnownHostsFile=${folder}/keys/known_hosts`, 'BatchMode=yes'];
  return execFileSync(
    'ssh',
    [
      ...options.flatMap((option) => ['-o', option]),
      ...['-i', `${folder}/keys/id`, `root@${hosts[host]?.address ?? ''}`, line],
    ],
    { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim();
}

/** Everything of the machine that a lab makes, as far as it carries this token. */
function traces(token: string): string[] {
  const short = token.slice(0, 8);
  const run = (...argv: [string, ...string[]]) =>
    execFileSync(argv[0], argv.slice(1), { encoding: 'utf8' }).split('\n');
  const processes = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return environment.includes(`lab-${token}`) ? [`process ${pid}`] : [];
      } catch {
        return [];
      }
    });
  return [
    ...processes,
    ...run('ip', 'netns', 'list').filter((line) => line.includes(short)),
    ...run('ip', '-o', 'link').filter((line) => line.includes(short)),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(short)),
    ...(existsSync(join(cache, 'labs'))
      ? readdirSync(join(cache, 'labs')).filter((folder) => folder.includes(short))
      : []),
  ];
}

describe.skipIf(!isRoot)(`a lab of namespaces${why}`, () => {
  it('has hosts that are hosts, and leaves nothing', async () => {
    await up({ shared: 'directory' });
    const token = readLab(state, name)?.token ?? '';
    expect(ssh(0, 'hostname; id -u')).toBe('h1\n0');
    expect(ssh(1, 'hostname')).toBe('h2');
    // Each has processes, a network and a disk of its own.
    expect(ssh(0, 'ps -e -o comm= | grep -c node || true')).toBe('0');
    ssh(0, 'exec 3<>/dev/tcp/h2/22 && head -c 7 <&3');
    ssh(0, 'echo mine > /srv/local/file && echo temporary > /tmp/file');
    expect(ssh(1, 'ls /srv/local /tmp')).not.toContain('file');
    ssh(0, 'dd if=/dev/zero of=/srv/local/direct bs=4096 count=1 oflag=direct status=none');
    ssh(0, 'echo ours > /mnt/shared/file');
    expect(ssh(1, 'cat /mnt/shared/file')).toBe('ours');
    expect(existsSync('/mnt/shared/file')).toBe(false);
    expect(traces(token)).not.toEqual([]);

    await expect(up()).rejects.toThrow(`virtgauge lab down ${name}`);
    await labDown({ stateDirectory: state, name });
    expect(traces(token)).toEqual([]);
    expect(labNames(state)).toEqual([]);
  });

  it('killed at any moment of its making can be removed', async () => {
    for (const moment of [60, 200, 500, 900]) {
      const child = spawn(
        process.execPath,
        [
          ...['--import', 'tsx', join(packageRoot, 'src/cli/main.ts')],
          ...['lab', 'up', '--namespaces', '3', '--name', name],
        ],
        { cwd: packageRoot, env: { ...process.env, VIRTGAUGE_STATE: state }, stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => child.once('close', resolve));
      await sleep(500 + moment);
      child.kill('SIGKILL');
      await ended;
      const token = labNames(state).length === 0 ? 'none' : (readLab(state, name)?.token ?? 'none');
      if (labNames(state).length > 0) await labDown({ stateDirectory: state, name });
      expect(traces(token)).toEqual([]);
    }
  });

  it('has wires and disks as slow as asked', async () => {
    await up({ linkRate: 12_500_000, diskRate: 20 * 2 ** 20 });
    expect(ssh(0, 'tc qdisc show dev eth0')).toMatch(/tbf .*rate 100Mbit/);
    const took = ssh(
      0,
      'S=$(date +%s%N); dd if=/dev/zero of=/srv/local/x bs=1M count=20 oflag=direct status=none; echo $(( ($(date +%s%N) - S) / 1000000 ))',
    );
    // 20 MiB at 20 MiB/s, the first burst of a bucket left out.
    expect(Number(took)).toBeGreaterThan(700);
  });

  it('shares a MooseFS and runs libvirt', async () => {
    await up({ shared: 'moosefs', libvirt: true });
    ssh(0, 'echo ours > /mnt/shared/file');
    expect(ssh(1, 'cat /mnt/shared/file')).toBe('ours');
    expect(ssh(1, 'df --output=source /mnt/shared')).toContain('mfs#');
    expect(ssh(0, 'virsh -c qemu+tcp://h2/system hostname')).toBe('h2');
    const uuids = [0, 1].map((host) =>
      ssh(host, "virsh -c qemu:///system capabilities | grep -m1 -o '<uuid>.*</uuid>'"),
    );
    expect(uuids[0]).not.toBe(uuids[1]);
  });

  it.each(['../x', 'a b', 'a;b', 'a\nb', "a'b", 'x'.repeat(25)])(
    'is not called %j',
    async (bad) => {
      await expect(up({ name: bad })).rejects.toThrow('lab: expected a name');
      expect(labNames(state)).toEqual([]);
    },
  );
});
