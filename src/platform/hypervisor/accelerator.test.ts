import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, expect, it } from 'vitest';
import {
  describeProbe,
  probeAccelerators,
  rememberedChoice,
  type AcceleratorChoice,
  type BootGuest,
} from './accelerator.ts';
import type { AcceleratorName } from './hypervisor.ts';

const cache = mkdtempSync(join(tmpdir(), 'virtgauge-accelerator-'));
afterAll(() => rmSync(cache, { recursive: true }));

const kvmOpens = () => Promise.resolve(undefined);

/** Probes guests that take so many seconds of a clock of their own, or fail. */
async function probe(
  times: Partial<Record<AcceleratorName, number | string>>,
  kvmRefusal: () => Promise<string | undefined> = kvmOpens,
) {
  let now = 100;
  const booted: string[] = [];
  const boot: BootGuest = (name) => {
    booted.push(name);
    const time = times[name] ?? Infinity;
    if (typeof time === 'string') return Promise.reject(new Error(time));
    now += time;
    return Promise.resolve();
  };
  const choice = await probeAccelerators({ boot, now: () => now, kvmRefusal });
  return { ...choice, booted };
}

it('chooses KVM where that is faster', async () => {
  const { chosen, probes } = await probe({ kvm: 0.5, tcg: 2 });
  expect(chosen).toBe('kvm');
  expect(probes).toEqual([
    { name: 'kvm', state: 'booted', bootTime: 0.5 },
    { name: 'tcg', state: 'booted', bootTime: 2 },
  ]);
});

it('does not choose a KVM that is slower than TCG', async () => {
  expect((await probe({ kvm: 50, tcg: 2 })).chosen).toBe('tcg');
});

it('cuts KVM off at the time that TCG took', async () => {
  let now = 0;
  const boot: BootGuest = async (name, signal) => {
    if (name === 'tcg') now += 0.02;
    else {
      await once(signal, 'abort');
      throw signal.reason;
    }
  };
  const { chosen, probes } = await probeAccelerators({
    boot,
    now: () => now,
    kvmRefusal: kvmOpens,
  });
  expect(chosen).toBe('tcg');
  expect(probes[0]).toEqual({ name: 'kvm', state: 'too slow', limit: 0.02 });
});

it('chooses the one that starts a guest if the other fails', async () => {
  expect((await probe({ kvm: 'no vmx', tcg: 2 })).chosen).toBe('tcg');
  expect((await probe({ kvm: 2, tcg: 'no tcg' })).chosen).toBe('kvm');
});

it('does not try KVM without its device', async () => {
  const { chosen, probes, booted } = await probe({ kvm: 0, tcg: 2 }, () =>
    Promise.resolve('no /dev/kvm'),
  );
  expect([chosen, booted]).toEqual(['tcg', ['tcg']]);
  expect(probes[0]).toEqual({ name: 'kvm', state: 'absent', reason: 'no /dev/kvm' });
});

it('says why if none starts a guest', async () => {
  await expect(probe({ kvm: 'no vmx', tcg: 'no space' })).rejects.toThrow(
    'an accelerator that starts a guest, found none (kvm: no vmx; tcg: no space)',
  );
});

it('gives up when it is told to, and calls nothing too slow', async () => {
  const stop = new AbortController();
  const booted: string[] = [];
  const boot: BootGuest = async (name, signal) => {
    booted.push(name);
    stop.abort(new Error('interrupted'));
    signal.throwIfAborted();
    return Promise.resolve();
  };
  const { signal } = stop;
  const probed = probeAccelerators({ boot, now: () => 0, kvmRefusal: kvmOpens, signal });
  await expect(probed).rejects.toThrow('interrupted');
  expect(booted).toEqual(['tcg']);
});

it('describes what became of each', () => {
  const lines = [
    describeProbe({ name: 'kvm', state: 'booted', bootTime: 2.44 }),
    describeProbe({ name: 'kvm', state: 'too slow', limit: 3 }),
    describeProbe({ name: 'kvm', state: 'absent', reason: 'no /dev/kvm' }),
  ];
  expect(lines).toEqual([
    'micro guest up in 2.4 s',
    'opens, micro guest not up within 3.0 s',
    'no /dev/kvm',
  ]);
});

it('remembers the choice for the same facts, and only a choice', async () => {
  const choice: AcceleratorChoice = { chosen: 'tcg', probes: [] };
  let probes = 0;
  const remembered = (folder: string, ...facts: string[]) =>
    rememberedChoice(folder, facts, () => {
      probes++;
      return Promise.resolve(choice);
    });
  const folder = join(cache, 'new');
  await expect(
    rememberedChoice(folder, ['a', 'b'], () => Promise.reject(new Error('none'))),
  ).rejects.toThrow('none');
  expect(await remembered(folder, 'a', 'b')).toEqual(choice);
  expect(await remembered(folder, 'a', 'b')).toEqual(choice);
  expect(probes).toBe(1);
  await remembered(folder, 'ab', '');
  expect(probes).toBe(2);
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"chosen":"kv');
  expect(await remembered(folder, 'a', 'b')).toEqual(choice);
  expect(probes).toBe(3);
});
