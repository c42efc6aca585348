import { expect, it } from 'vitest';
import type { Hypervisor } from '../../../hypervisor/hypervisor.ts';
import { leftRecord, standby, tellingHost } from './left-standby.example.ts';
import { runOnTarget } from './run-on-target.ts';

it('starts the machine once nobody serves its copy there any more', async () => {
  const done: string[] = [];
  const launch = () => {
    done.push('launched');
    return Promise.resolve({ resume: () => Promise.resolve() });
  };
  const hypervisor = { launch } as unknown as Hypervisor;
  const host = tellingHost('node2', done);
  expect(await runOnTarget(leftRecord('/nonexistent'), host, hypervisor, standby)).toBe('started');
  const released = done.indexOf('node2: release copy');
  expect(released).toBeGreaterThanOrEqual(0);
  // The first that writes to the disk.
  expect(released).toBeLessThan(done.indexOf('node2: merge'));
  expect(done.at(-1)).toBe('launched');
});
