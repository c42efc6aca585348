import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { labNames } from '../index.ts';
import { isRoot, testLab, unlessRoot } from './lab.example.ts';

const lab = testLab('test');
const { up, down, ssh, traces, token } = lab;
afterEach(lab.removeAll);
afterAll(lab.close);

describe.skipIf(!isRoot)(`a lab of namespaces${unlessRoot}`, () => {
  it('has hosts that are hosts, and leaves nothing', async () => {
    await up({ shared: 'directory' });
    const made = token();
    expect(ssh(0, 'hostname; id -u')).toBe('h1\n0');
    expect(ssh(1, 'hostname')).toBe('h2');
    // Each has processes, a network, memory files and a disk of its own.
    expect(ssh(0, 'ps -e -o comm= | grep -c node || true')).toBe('0');
    expect(ssh(0, 'ls /sys/class/net')).toBe('br0\neth0\nlo');
    ssh(0, 'exec 3<>/dev/tcp/h2/22 && head -c 7 <&3');
    ssh(0, 'for at in /srv/local /tmp /dev/shm /root /run; do echo mine > $at/file; done');
    expect(ssh(1, 'ls /srv/local /tmp /dev/shm /root /run')).not.toContain('file');
    ssh(0, 'dd if=/dev/zero of=/srv/local/direct bs=4096 count=1 oflag=direct status=none');
    ssh(0, 'echo ours > /mnt/shared/file');
    expect(ssh(1, 'cat /mnt/shared/file')).toBe('ours');
    expect(existsSync('/mnt/shared/file')).toBe(false);
    // What a host runs in the background goes with it.
    ssh(0, 'setsid sleep 3600 > /dev/null 2>&1 < /dev/null &');
    expect(traces(made)).not.toEqual([]);

    await expect(up()).rejects.toThrow(`virtgauge lab down ${lab.name}`);
    expect(ssh(0, 'hostname')).toBe('h1');
    await Promise.all([down(), down()]);
    expect(traces(made)).toEqual([]);
    expect(labNames(lab.state)).toEqual([]);
    expect(execFileSync('ps', ['-e', '-o', 'args='], { encoding: 'utf8' })).not.toContain(
      'sleep 3600',
    );
  });

  it("keeps a host's own address when guests come and go", async () => {
    await up({ namespaces: 1 });
    const address = () => ssh(0, 'cat /sys/class/net/br0/address');
    const before = address();
    ssh(0, 'ip link add low address 02:00:00:00:00:01 type veth && ip link set low master br0 up');
    expect(address()).toBe(before);
  });

  it('beside another has another network', async () => {
    const second = testLab('second');
    try {
      const [one, two] = await Promise.all([up({ namespaces: 1 }), second.up({ namespaces: 1 })]);
      expect(one.hosts[0]?.address).not.toBe(two.hosts[0]?.address);
      expect(ssh(0, 'hostname') + second.ssh(0, 'hostname')).toBe('h1h1');
    } finally {
      await second.removeAll();
      second.close();
    }
  });

  it('has wires and disks as slow as asked, and says so', async () => {
    const { inventoryPath } = await up({ linkRate: 12_500_000, diskRate: 20 * 2 ** 20 });
    const made = token();
    expect(ssh(0, 'tc qdisc show dev eth0')).toMatch(/tbf .*rate 100Mbit/);
    const took = ssh(
      0,
      'S=$(date +%s%N); dd if=/dev/zero of=/srv/local/x bs=1M count=20 oflag=direct status=none; echo $(( ($(date +%s%N) - S) / 1000000 ))',
    );
    // 20 MiB at 20 MiB/s, the first burst of a bucket left out.
    expect(Number(took)).toBeGreaterThan(700);
    expect(readFileSync(inventoryPath, 'utf8')).toMatch(/# .* 100 Mbit\/s .*\n# .* 20 MiB\/s/);
    await down();
    expect(traces(made)).toEqual([]);
  });

  it('shares a MooseFS', async () => {
    await up({ shared: 'moosefs', namespaces: 3 });
    const made = token();
    ssh(0, 'echo ours > /mnt/shared/file');
    for (const host of [1, 2]) expect(ssh(host, 'cat /mnt/shared/file')).toBe('ours');
    expect(ssh(2, 'df --output=source /mnt/shared')).toContain('mfs#');
    ssh(2, 'dd if=/dev/zero of=/mnt/shared/x bs=1M count=8 oflag=direct status=none');
    await down();
    expect(traces(made)).toEqual([]);
  });

  it('runs libvirt', async () => {
    await up({ libvirt: true });
    const made = token();
    expect(ssh(0, 'virsh -c qemu+tcp://h2/system hostname')).toBe('h2');
    expect(ssh(0, 'virsh -c qemu+tcp://h2/system list --all --name')).toBe('');
    const uuids = [0, 1].map((host) =>
      ssh(host, "virsh -c qemu:///system capabilities | grep -m1 -o '<uuid>.*</uuid>'"),
    );
    expect(uuids[0]).not.toBe(uuids[1]);
    await down();
    expect(traces(made)).toEqual([]);
  });

  it.each(['../x', '..', 'a b', 'a;b', 'a\nb', "a'b", 'x'.repeat(25)])(
    'is not called %j',
    async (bad) => {
      await expect(up({ name: bad })).rejects.toThrow('lab: expected a name');
      expect(labNames(lab.state)).toEqual([]);
    },
  );

  it.each([0, -1, 1.5, 61, NaN])('has not %d hosts', async (namespaces) => {
    const before = Object.keys(networkInterfaces());
    await expect(up({ namespaces })).rejects.toThrow('expected a whole number from 1 to 60');
    expect(labNames(lab.state)).toEqual([]);
    expect(Object.keys(networkInterfaces())).toEqual(before);
  });
});
