import { expect, it } from 'vitest';
import { nestingRefusal } from './accelerator.ts';

const asked = (amd?: string, intel?: string) =>
  nestingRefusal((path) => (path.includes('amd') ? amd : intel));

it('lets machines run under KVM only where its guests may have guests', () => {
  for (const yes of ['1\n', 'Y\n']) {
    expect(asked(yes)).toBeUndefined();
    expect(asked(undefined, yes)).toBeUndefined();
  }
  for (const no of ['0\n', 'N\n']) expect(asked(no)).toContain('off');
  expect(asked()).toContain('neither SVM nor VMX');
});
