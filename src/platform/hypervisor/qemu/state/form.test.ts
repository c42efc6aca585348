import { expect, it } from 'vitest';
import { describeForm, stateForm } from './form.ts';

it.each([
  ['7.2.22', 'piped stream'],
  ['8.1.5', 'piped stream'],
  ['8.2.0', 'stream'],
  ['8.10', 'stream'],
  ['9.0.0', 'mapped'],
  ['10.1', 'mapped'],
  ['unknown', 'piped stream'],
])('QEMU %s saves a %s', (version, form) => {
  expect(stateForm(version)).toBe(form);
});

it('says that mapped-ram is unavailable, and since when it is not', () => {
  expect(describeForm('7.2.22')).toBe(
    'a stream by exec:cat; mapped-ram is unavailable: it needs QEMU 9.0, this is 7.2.22',
  );
  expect(describeForm('8.2.2')).toMatch(/^a stream by file:; mapped-ram is unavailable/);
  expect(describeForm('9.1.0')).toBe('file: with mapped-ram (QEMU 9.1.0)');
});
