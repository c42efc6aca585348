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
  let created: CreatedGuest;
  beforeAll(async () => {
    lab = await LibvirtLab.up(labName);
    created = await lab.boot();
  });
  afterAll(() => lab.down(labName));

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
    const { stdout } = await guest.host.shell.run(['cat', `/proc/${guest.pid}/environ`]);
    expect(stdout.split('\0')).toContain(`VIRTGAUGE_MARK=${lab.mark}`);
    expect((await guest.host.shell.run(['cat', `/proc/${guest.pid}/comm`])).stdout).toContain(
      'qemu',
    );
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
    await expect(shell.run(['test', '-e', `/proc/${guest.pid}`])).rejects.toThrow('code 1');
    expect(await virsh(shell, ['list', '--all', '--name'])).toBe('');
  });
});
