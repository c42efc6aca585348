import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/package-root.ts';

let folder: string;
let disk: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vg-hotplug-'));
  disk = join(folder, 'disk.img');
  writeFileSync(disk, '');
  put('sys/class/block/loop3/dev', '7:3\n');
  put('sys/class/block/loop4/dev', '7:4\n');
  put('proc/self/mountinfo', '21 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n');
  // Programs of a host: they say what they were told to, and note what they are asked.
  program('xenstore-ls', 'cat "$VG_HOTPLUG_ROOT/store"');
  program('xenstore-write', 'printf "%s=%s\\n" "$@" >> "$VG_HOTPLUG_ROOT/written"');
  program('flock', 'true');
  program('ip', 'echo "ip $*" >> "$VG_HOTPLUG_ROOT/done"');
  program(
    'losetup',
    'case $1 in -j) cat "$VG_HOTPLUG_ROOT/loops" ;; -d) ;; *) echo /dev/loop4 ;; esac\n' +
      'case $1 in -j) ;; *) echo "losetup $*" >> "$VG_HOTPLUG_ROOT/done" ;; esac',
  );
  program(
    'xenstore-read',
    'for each; do sed -n "s|^$each = \\"\\(.*\\)\\"|\\1|p" "$VG_HOTPLUG_ROOT/store" | grep . || exit 1; done',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, content: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function program(name: string, script: string) {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** The store of a host on which domain 9 gets a disk. */
function store(own: Record<string, string>, others: Record<string, string> = {}) {
  const base = 'backend/vbd/9/51712';
  const lines = Object.entries(own).map(([key, value]) => `${base}/${key} = "${value}"`);
  const more = Object.entries(others).map(([key, value]) => `${key} = "${value}"`);
  put('store', `backend/vbd = ""\n${[...more, ...lines].join('\n')}\n`);
}

const own = (mode = 'w') => ({ 'frontend-id': '9', params: disk, state: '2', mode });
/** A disk of domain 5 behind loop3, which has the same file. */
function alsoOfFive(mode: string, vm = '/vm/five') {
  put('loops', `/dev/loop3: [0026]:131083 (${disk})\n`);
  mkdirSync(join(folder, 'sys/class/block/loop3/loop'));
  return {
    'backend/vbd/5/51712/mode': mode,
    'backend/vbd/5/51712/physical-device': '7:3',
    '/local/domain/5/vm': vm,
    '/local/domain/9/vm': '/vm/nine',
  };
}

function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const path = join(packageRoot, 'src/platform/hypervisor/xen/hotplug-scripts', script);
  const { status, stderr } = spawnSync('sh', [path, ...args], {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      VG_HOTPLUG_ROOT: folder,
      XENBUS_PATH: 'backend/vbd/9/51712',
      ...env,
    },
  });
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  return { status, stderr, done: read('done'), written: read('written') };
}

describe('block', () => {
  it('gives a file that nobody else has a loop device past the page cache', () => {
    store(own());
    expect(run('block', ['add'])).toEqual({
      ...{ status: 0, stderr: '', done: [`losetup --direct-io=on -f --show ${disk}`] },
      written: [
        'backend/vbd/9/51712/node=/dev/loop4',
        'backend/vbd/9/51712/physical-device=7:4',
        'backend/vbd/9/51712/physical-device-path=/dev/loop4',
        'backend/vbd/9/51712/hotplug-status=connected',
      ],
    });
  });

  it.each([
    ['w', 'w'],
    ['w', 'r'],
    ['r', 'w'],
  ])('refuses a file to %s that another domain has to %s', (mine, theirs) => {
    store(own(mine), alsoOfFive(theirs));
    const { status, stderr, done, written } = run('block', ['add']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/loop3 is used by domain 5/);
    expect(done).toEqual([]);
    expect(written[0]).toMatch(/^backend\/vbd\/9\/51712\/hotplug-error=\/dev\/loop3 is used/);
    expect(written[1]).toBe('backend/vbd/9/51712/hotplug-status=busy');
  });

  it.each([
    ['both only read it', 'r', 'r', '/vm/five'],
    ['it is the same guest, restored here while it is still here', 'w', 'w', '/vm/nine'],
    ['the user asked for no check', 'w!', 'w', '/vm/five'],
  ])('gives a file that another domain has if %s', (_, mine, theirs, vm) => {
    store(own(mine), alsoOfFive(theirs, vm));
    expect(run('block', ['add']).status).toBe(0);
  });

  it('refuses a file whose loop device is mounted', () => {
    store(own(), alsoOfFive('r', '/vm/nine'));
    put('proc/self/mountinfo', '30 1 7:3 / /mnt rw - ext4 /dev/loop3 rw\n');
    expect(run('block', ['add'])).toMatchObject({ status: 1, done: [] });
  });

  it('refuses what is no disk, and one that was removed meanwhile', () => {
    store({ ...own(), params: join(folder, 'nothing') });
    expect(run('block', ['add'])).toMatchObject({ status: 1, done: [] });
    store({ ...own(), state: '6' });
    expect(run('block', ['add']).stderr).toMatch(/removed while it was added/);
  });

  it('does nothing when it is called a second time', () => {
    store({ ...own(), 'physical-device': '7:4' });
    expect(run('block', ['add'])).toMatchObject({ status: 0, done: [], written: [] });
  });

  it('gives back its own loop device, and not one that another has by now', () => {
    store({ ...own(), node: '/dev/loop4' });
    put('sys/class/block/loop4/loop/backing_file', `${disk}\n`);
    expect(run('block', ['remove']).done).toEqual(['losetup -d /dev/loop4']);
    rmSync(join(folder, 'done'));
    put('sys/class/block/loop4/loop/backing_file', '/other.img\n');
    expect(run('block', ['remove'])).toMatchObject({ status: 0, done: [] });
    put('sys/class/block/loop4/loop/backing_file', `${disk} (deleted)\n`);
    expect(run('block', ['remove']).done).toEqual(['losetup -d /dev/loop4']);
  });
});

describe('vif-bridge', () => {
  const env = { XENBUS_PATH: 'backend/vif/9/0', vif: 'vif9.0' };
  const online = ['online', 'type_if=vif'];

  it('makes an interface a port of its bridge in one step', () => {
    put('store', 'mac = "00:16:3e:00:00:01"\nbridge = "br0"\n');
    put('sys/class/net/br0/bridge/x', '');
    put('sys/class/net/br0/mtu', '1400\n');
    expect(run('vif-bridge', online, env)).toEqual({
      ...{ status: 0, stderr: '' },
      done: ['ip link set dev vif9.0 address fe:ff:ff:ff:ff:ff mtu 1400 master br0 up'],
      written: [
        '/local/domain/9/device/vif/0/mtu=1400',
        'backend/vif/9/0/hotplug-status=connected',
      ],
    });
  });

  it('says that there is no such bridge', () => {
    put('store', 'bridge = "br7"\n');
    const { status, stderr, done } = run('vif-bridge', online, env);
    expect({ status, done }).toEqual({ status: 1, done: [] });
    expect(stderr).toMatch(/br7 is no bridge/);
  });

  it('takes an interface from its bridge, also one that is gone', () => {
    expect(run('vif-bridge', ['offline', 'type_if=vif'], env)).toMatchObject({
      status: 0,
      done: [],
    });
    put('sys/class/net/vif9.0/x', '');
    const { done } = run('vif-bridge', ['offline', 'type_if=vif'], env);
    expect(done).toEqual(['ip link set dev vif9.0 nomaster down']);
  });
});
