import { expect, it } from 'vitest';
import { exampleInspection, exampleTarget, without } from './inspect/inspection.example.ts';
import { planConversion } from './plan.ts';

it('predicts every method, and says which are refused', () => {
  const kexec = { supported: true, disabled: false, lockdown: 'integrity', tool: true } as const;
  const { predictions, obstacles } = planConversion(exampleInspection({ kexec }), exampleTarget());
  expect(obstacles.map(({ name }) => name)).toEqual(['kexec-locked']);
  expect(predictions.map(({ method, refused }) => [method, refused.length])).toEqual([
    ['offline', 1],
    ['warm', 0],
    ['native-switch', 1],
    ['warm-switch', 1],
  ]);
});

it('says on what it rests: measured, given, assumed', () => {
  const basis = (plan: ReturnType<typeof planConversion>, name: string) =>
    plan.premises.find((premise) => premise.name === name);
  const measured = planConversion(exampleInspection(), exampleTarget());
  expect(basis(measured, 'link')).toMatchObject({ basis: 'measured', value: 12e6 });
  expect(basis(measured, 'boot')).toMatchObject({ basis: 'measured', value: 7 });
  const given = planConversion(exampleInspection(), exampleTarget(), { linkRate: 1e6 });
  expect(basis(given, 'link')).toMatchObject({ basis: 'given', value: 1e6 });
  const alone = planConversion(exampleInspection({ bootTimes: {} }), undefined);
  expect(basis(alone, 'link')).toMatchObject({ basis: 'assumed', value: 125e6 });
  expect(basis(alone, 'boot')).toMatchObject({ basis: 'assumed' });
});

it('finds the sizes from which on a method is the shorter one', () => {
  const { crossovers } = planConversion(exampleInspection(), exampleTarget(), {
    dirtyRate: 1e6,
  });
  const of = (method: string, than: string, wanted: number) =>
    crossovers.find(
      (each) => each.method === method && each.than === than && each.factor === wanted,
    )?.from;
  const shorter = of('native-switch', 'offline', 1);
  expect((shorter as { used: number }).used).toBeLessThan(10 * 2 ** 20);
  const tenth = of('native-switch', 'offline', 0.1);
  // Downtime of the switch 10.5 s, so offline has to copy for some 93 s at 12 MB/s.
  expect(tenth).toEqual({ used: expect.any(Number) as number });
  if (typeof tenth === 'object') expect(tenth.used / 1e9).toBeCloseTo(1.1, 0);
});

it('predicts nothing for a machine without a disk of its own', () => {
  const diskless = without(exampleInspection({ disks: [] }), 'root');
  const { predictions, obstacles } = planConversion(diskless, undefined);
  expect(predictions).toEqual([]);
  expect(obstacles.map(({ name }) => name)).toEqual(['root-elsewhere']);
});
