import { expect, it } from 'vitest';
import { parseInfo } from '../parse/info.ts';
import { missingLogDirty } from './log-dirty.ts';

const debian = ['pv', 'hvm', 'hap', 'gnttab-v1', 'gnttab-v2'];

it.each([
  ['xen-pv', '4.17.7', debian, true],
  ['xen-pvh', '4.17.7', debian, false],
  ['xen-hvm', '4.17.7', debian, false],
  ['xen-pv', '4.17.7', [...debian, 'shadow'], false],
  ['xen-pvh', '4.13.0', ['pv', 'hvm'], true],
  ['xen-pvh', '4.20-unstable', ['pv', 'hvm'], true],
  ['xen-pvh', '5.0.0', ['pv', 'hvm'], true],
  // Before 4.13 these say nothing of paging.
  ['xen-pvh', '4.12.4', ['pv', 'hvm'], false],
  ['xen-pv', '4.11.4', ['hvm'], false],
  ['xen-pv', '4.17.7', undefined, false],
  ['xen-pv', 'unknown', debian, false],
] as const)('%s on Xen %s with %j: missing %s', (accelerator, version, capabilities, missing) => {
  const problems = missingLogDirty(accelerator, { capabilities, version }, 'xa');
  expect(problems.length > 0).toBe(missing);
  if (missing) expect(problems[0]?.message).toMatch(/^unsupported: .* from xa, .*shadow paging/);
});

it.each(['xen-pv', 'xen-pvh', 'xen-hvm'] as const)('gives 4.12 the benefit: %s', (accelerator) => {
  const info = parseInfo(
    'virt_caps              : pv hvm hvm_directio pv_directio\n' +
      'xen_version            : 4.12.0\n',
  );
  expect(missingLogDirty(accelerator, info, 'xa')).toEqual([]);
});
