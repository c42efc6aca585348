import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsSchema } from '../scenario/levels.ts';
import { guestSpec, parseCpuList } from './guest-spec.ts';

const base = {
  name: 'vg-0-1',
  levels: { ...levelsSchema.parse({}), storage: 'local' },
  image: { kernel: { image: '/k', initramfs: '/i', commandLine: 'console=ttyS0' } },
  directory: '/run/x',
  consoleLog: '/run/x/console.log',
  environment: { VIRTGAUGE_MARK: 'm' },
  accelerator: 'tcg' as const,
  network: { kind: 'user' } as const,
};

describe('a guest', () => {
  it('is what the levels say', () => {
    const levels = { ...base.levels, vcpus: 3, memory: 2 ** 28, pin: '0-1,4', queues: 2 };
    expect(guestSpec({ ...base, levels })).toMatchObject({
      ...{ name: 'vg-0-1', vcpus: 3, memory: 2 ** 28, accelerator: 'tcg' },
      pin: [0, 1, 4],
      disk: { cache: 'none', aio: 'threads', iothread: false, queues: 2 },
      environment: { VIRTGAUGE_MARK: 'm' },
    });
  });

  it('has its name and its address, if it is to have one, on the kernel command line', () => {
    const user = guestSpec(base);
    expect(user.network).toEqual({ kind: 'user' });
    expect(user.kernel?.commandLine).toBe('console=ttyS0 vg.name=vg-0-1 vg.address=10.0.2.15/24');
    const network = { kind: 'bridge', bridge: 'br0' } as const;
    const bridged = guestSpec({ ...base, network });
    expect(bridged.network).toEqual(network);
    expect(bridged.kernel?.commandLine).toBe('console=ttyS0 vg.name=vg-0-1');
    const addressed = guestSpec({ ...base, network: { ...network, address: '10.0.0.7/24' } });
    expect(addressed.kernel?.commandLine).toBe(
      'console=ttyS0 vg.name=vg-0-1 vg.address=10.0.0.7/24',
    );
  });

  it('of an image that boots itself has no kernel but its seed', () => {
    const spec = guestSpec({ ...base, image: { seed: '/seed.iso' } });
    expect(spec).not.toHaveProperty('kernel');
    expect(spec.seed).toBe('/seed.iso');
  });

  it('has an address of its own, in the range of QEMU', () => {
    const addresses = Array.from({ length: 50 }, () => guestSpec(base).mac);
    for (const mac of addresses) expect(mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(new Set(addresses).size).toBe(50);
  });
});

describe('parseCpuList', () => {
  it.each([
    ['none', []],
    ['0', [0]],
    ['0-2,5', [0, 1, 2, 5]],
    ['7,3-3', [7, 3]],
  ])('reads %s', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it('reads any list of ranges', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(5)), { minLength: 1 }), (ranges) => {
        const text = ranges.map(([first, more]) => `${first}-${first + more}`).join(',');
        const wanted = ranges.flatMap(([first, more]) =>
          Array.from({ length: more + 1 }, (_, step) => first + step),
        );
        expect(parseCpuList(text)).toEqual(wanted);
      }),
    );
  });
});
