import { expect, it } from 'vitest';
import {
  exampleInspection,
  exampleTarget,
} from '../../platform/operations/convert/inspect/inspection.example.ts';
import { planConversion } from '../../platform/operations/convert/plan.ts';
import { admit } from './admit.ts';

const source = exampleInspection({
  tracker: { kernel: false, tool: true },
  drivers: { ...exampleInspection().drivers, virtioDisk: 'on-disk' },
});

it('tells the notes of a method, as a plan does', () => {
  const told = (method: 'warm' | 'offline') => {
    const lines: string[] = [];
    admit(planConversion(source, exampleTarget()), { method, cpu: 'max', accepted: [] }, (line) =>
      lines.push(line),
    );
    return lines;
  };
  const drivers = expect.stringMatching(/^ {2}note {5}the initramfs has no virtio/) as string;
  expect(told('offline')).toEqual([drivers]);
  expect(told('warm')).toEqual([
    expect.stringContaining('the kernel does not tell') as string,
    expect.stringContaining('Prefer native-switch') as string,
    drivers,
  ]);
});

it('refuses what the plan refuses, but for a processor where a model is named', () => {
  const { processor } = exampleInspection();
  const other = exampleTarget({ processor: { ...processor, model: 'Intel(R) Xeon(R) Gold' } });
  const plan = planConversion(exampleInspection(), other);
  const begin = (cpu: string) => () =>
    admit(plan, { method: 'native-switch', cpu, accepted: [] }, () => undefined);
  expect(begin('max')).toThrow(/web1.*the processors are/);
  expect(begin('qemu64')).not.toThrow();
});

it('takes what its user accepts by its name, and tells it', () => {
  const { network, carrier } = exampleInspection();
  if (carrier === undefined) throw new Error('no card');
  const jumbo = { ...carrier, mtu: 9000 };
  const seen = exampleInspection({
    ...{ network: { ...network, interfaces: [jumbo] }, carrier: jumbo },
    ...{ hardwareClock: 'local' },
  });
  const lines: string[] = [];
  const begin = (accepted: string[]) =>
    admit(planConversion(seen, exampleTarget()), { method: 'warm', cpu: 'max', accepted }, (line) =>
      lines.push(line),
    );
  expect(() => begin(['other-addresses'])).toThrow(/frames of 9000.*\n.*--accept mtu/);
  expect(lines).toEqual([]);
  begin(['other-addresses', 'mtu']);
  expect(lines.join()).toContain('frames of 9000');
});
