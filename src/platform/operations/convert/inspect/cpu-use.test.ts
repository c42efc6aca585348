import { expect, it } from 'vitest';
import { parseCpuUse } from './cpu-use.ts';

const look = (uptime: string, cpu: string) => `${uptime} 1.00\ncpu  ${cpu}\n`;

it('is what processors did but idle, wait for disks, and what a hypervisor kept', () => {
  const before = look('100.00', '1000 10 500 90000 300 20 30 40 5 0');
  const after = look('110.00', '1500 20 700 90500 900 40 60 90 9 0');
  // 500 + 10 + 200 + 20 + 30 ticks of 10 ms in 10 s
  expect(parseCpuUse(`100\n\x1e${before}\x1e${after}`)).toBeCloseTo(0.76);
});

it('is nothing where nothing can be told', () => {
  const same = look('100.00', '1 2 3 4');
  expect(parseCpuUse(`100\n\x1e${same}\x1e${same}`)).toBe(0);
  expect(parseCpuUse('')).toBe(0);
});
