import { expect, it } from 'vitest';
import { missingLogDirty } from './log-dirty.ts';

const debian = ['pv', 'hvm', 'hap', 'gnttab-v1', 'gnttab-v2'];

it.each([
  ['xen-pv', debian, true],
  ['xen-pvh', debian, false],
  ['xen-hvm', debian, false],
  ['xen-pv', [...debian, 'shadow'], false],
  ['xen-pvh', ['pv', 'hvm'], true],
  // Before 4.12 these say nothing of paging.
  ['xen-pv', ['hvm'], false],
  ['xen-pv', undefined, false],
] as const)('%s on a Xen with %j: missing %s', (accelerator, capabilities, missing) => {
  const problems = missingLogDirty(accelerator, { capabilities }, 'xa');
  expect(problems.length > 0).toBe(missing);
  if (missing) expect(problems[0]?.message).toMatch(/^unsupported: .* from xa, .*shadow paging/);
});
