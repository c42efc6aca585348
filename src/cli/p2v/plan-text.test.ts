import { expect, it } from 'vitest';
import {
  exampleInspection,
  exampleTarget,
  without,
} from '../../platform/operations/convert/inspect/inspection.example.ts';
import { planConversion } from '../../platform/operations/convert/plan.ts';
import { planText } from './plan-text.ts';

const kexec = { supported: true, disabled: false, lockdown: 'integrity', tool: true } as const;

it('says what the machine is like and what each method takes', () => {
  const text = planText(planConversion(exampleInspection(), exampleTarget()));
  expect(text).toContain('web1          Debian GNU/Linux 12 (bookworm), kernel 6.1.0-56-amd64\n');
  expect(text).toContain('disks         /dev/sda  20 GiB, 8.0 GiB used: / ext4\n');
  expect(text).toContain('link 96 Mbit/s; KVM');
  expect(text).toMatch(/^ {2}offline +12 min 6 s +12 min 16 s +8\.0 GiB +stop 1\.0 s, kexec/m);
  expect(text).toMatch(/^ {2}native-switch +1\d s .* boot 7\.0 s \+ memory 0\.\d s, switchover/m);
  expect(text).toMatch(/native-switch is down for at most 10 % of offline from [\d.]+ GiB used on/);
  expect(text).toContain('foretold from these rates, not measured');
});

it('marks what is refused and what does not converge, and says why', () => {
  const busy = { rate: 30e6, watched: 5 };
  const source = exampleInspection({ kexec, writeRate: busy });
  const text = planText(planConversion(source, exampleTarget()), 'machines of a test');
  expect(text).toMatch(/^- native-switch .* refused: kexec-locked$/m);
  expect(text).toMatch(/^! refused {2}kexec-locked \(offline, native-switch, warm-switch\): /m);
  expect(text).toMatch(/^ {2}warm +over /m);
  expect(text).toContain('warm does not converge: the disk is written faster');
  expect(text).toContain('stand-in      the hosts are machines of a test');
});

it('tells assumptions from measurements', () => {
  const alone = planText(planConversion(exampleInspection(), undefined));
  expect(alone).toMatch(/^assumed .*link 1 Gbit\/s \(the card's own rate\)/m);
  const told = planText(planConversion(exampleInspection(), undefined, { linkRate: 12.5e6 }));
  expect(told).toMatch(/^assumed .*link 100 Mbit\/s \(given\)/m);
});

it('foretells nothing where there is no disk', () => {
  const diskless = without(exampleInspection({ disks: [] }), 'root');
  const text = planText(planConversion(diskless, undefined));
  expect(text).toContain('root-elsewhere (all methods)');
  expect(text).not.toContain('downtime');
});
