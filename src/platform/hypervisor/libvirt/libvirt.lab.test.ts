import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedGuest } from '../../operations/create.ts';
import { libvirt } from './libvirt.ts';
import { LibvirtLab, whyNoLab } from './lab.example.ts';
import { virsh } from './virsh.ts';

const why = whyNoLab();
if (why !== undefined && process.env.CI === 'true') throw new Error(why);

const labName = `lv${process.pid}`;

describe.skipIf(why !== undefined)(`a guest of libvirt${why ? ` (${why})` : ''}`, () => {
  let lab: LibvirtLab;
  let isUp = false;
  let created: CreatedGuest;
  beforeAll(async () => {
    lab = await LibvirtLab.up(labName);
    isUp = true;
    created = await lab.boot();
  });
  afterAll(() => (isUp ? lab.down() : undefined));

  it('is created, and its boundaries are stamped', () => {
    const { guest, stamps, checks } = created;
    expect(stamps.monitor).toBeLessThan(stamps.init ?? 0);
    expect(stamps.init).toBeLessThan(stamps.service);
    expect(stamps.agent).toBeGreaterThan(stamps.init ?? 0);
    // QEMU's own stamp, through libvirt.
    expect(checks.monitor).toBe(guest.stamps.running);
    expect(guest.console.text).toContain('Linux version');
  });

  it('is found by its mark, for the ledger', async () => {
    const { guest } = created;
    const { stdout } = await guest.host.shell.run(['cat', `/proc/${String(guest.pid)}/environ`]);
    expect(stdout.split('\0')).toContain(`VIRTGAUGE_MARK=${lab.mark}`);
    expect(
      (await guest.host.shell.run(['cat', `/proc/${String(guest.pid)}/comm`])).stdout,
    ).toContain('qemu');
  });

  it('stops and goes on, and says when', async () => {
    const { guest } = created;
    const told: [string, number][] = [];
    const stop = guest.onRunChange(({ state, at }) => told.push([state, at]));
    const { clock } = guest.host;
    const before = clock.now();
    await guest.pause();
    expect(await guest.running()).toBe(false);
    await guest.resume();
    expect(await guest.running()).toBe(true);
    const after = clock.now();
    await sleep(100);
    stop();
    expect(told.map(([state]) => state)).toEqual(['stopped', 'running']);
    for (const [, at] of told) {
      expect(at).toBeGreaterThan(before);
      expect(at).toBeLessThan(after);
    }
  });

  it('runs programs by its agent, which libvirt leaves to us', async () => {
    const { guest } = created;
    expect((await guest.control.run(['uname', '-s'])).stdout).toBe('Linux\n');
  });

  it('tells its versions', async () => {
    const versions = await libvirt.versions(lab.hosts[0].shell);
    expect(versions).toEqual({
      virsh: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      libvirtd: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      qemu: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    });
  });

  it('is gone when it is destroyed, and destroyed once only', async () => {
    const { guest } = created;
    await guest.destroy();
    await guest.destroy();
    expect(await guest.gone).toContain('QEMU is gone');
    expect(await guest.running()).toBe(false);
    const { shell } = guest.host;
    await expect(shell.run(['test', '-e', `/proc/${String(guest.pid)}`])).rejects.toThrow('code 1');
    expect(await virsh(shell, ['list', '--all', '--name'])).toBe('');
  });

  it("runs on a user's own domain XML", async () => {
    const domainXml = `
      <domain type='kvm'>
        <name>mine; "and yours"</name>
        <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
        <memory unit='MiB'>200</memory>
        <vcpu>2</vcpu>
        <os><type arch='x86_64' machine='q35'>hvm</type></os>
        <features><acpi/></features>
        <cpu mode='maximum' check='none'/>
        <devices>
          <interface type='network'><source network='default'/><model type='virtio'/></interface>
          <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
        </devices>
      </domain>`;
    const { guest } = await lab.boot(lab.hosts[0], { domainXml });
    expect((await guest.control.run(['nproc'])).stdout).toBe('2\n');
    const cpus = await guest.control.run(['grep', 'MemTotal', '/proc/meminfo']);
    expect(Number(/\d+/.exec(cpus.stdout)?.[0])).toBeLessThan(200 * 1024);
    await guest.destroy();
  });

  it('is reached by forwarded ports where there is no bridge', async () => {
    const [host] = lab.hosts;
    const disk = created.guest.spec.disk;
    const kernel = lab.image.kernel;
    const spec = await lab.spec(host, {
      ...{ disk, network: { kind: 'user' } },
      ...(kernel && {
        kernel: { ...kernel, commandLine: `${kernel.commandLine} vg.address=10.0.2.15/24` },
      }),
    });
    const guest = await libvirt.launch(host, spec);
    await guest.resume();
    await guest.control.ready();
    const { port } = guest.service.http;
    const ask =
      'exec 3<>"/dev/tcp/127.0.0.1/$0"; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; head -1 <&3';
    const { stdout } = await host.shell.run(['bash', '-c', ask, String(port)], { timeout: 60 });
    expect(stdout).toMatch(/^HTTP\/1\.\d 200/);
    expect(guest.service.udp.port).toBeGreaterThan(0);
    await guest.destroy();
  });

  it("says in libvirt's words why it does not start", async () => {
    const [host] = lab.hosts;
    const spec = await lab.spec(host, { cpu: 'no-such-cpu' });
    await expect(libvirt.launch(host, spec)).rejects.toThrow(/libvirt did not start it: .*no-such/);
    const { disk } = spec;
    const noDisk = await lab.spec(host, { disk: { ...disk, path: '/mnt/shared/absent' } });
    await expect(libvirt.launch(host, noDisk)).rejects.toThrow(/absent.*No such file/s);
    expect(await virsh(host.shell, ['list', '--all', '--name'])).toBe('');
  });
});
