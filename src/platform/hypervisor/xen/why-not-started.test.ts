import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { exampleSpec } from './domain/guest-spec.example.ts';
import { fixture } from './parse/fixture.example.ts';
import { whyNotStarted } from './why-not-started.ts';

/** A host whose `xl info` says so. */
const host = (info = fixture('info.txt')) =>
  ({ host: 'xa', run: () => Promise.resolve({ stdout: info, stderr: '' }) }) as unknown as Shell;

const failed = (name: string) =>
  new CommandError('xa', ['xl', 'create'], 'ended with code 3', {
    code: 3,
    stderr: fixture(`${name}.stderr.txt`),
  });

it.each([
  ['no-bridge', /^network: expected a bridge called nobr on xa, found none/, /type bridge/],
  ['no-memory', /^memory: expected 256 MiB .* Xen on xa has 1\.8 GiB free/, /dom0_mem/],
  ['no-qemu', /^expected QEMU on xa for this guest's disk, found no \/nonexistent/, /format: raw/],
])('says what to do about %s', async (name, message, remedy) => {
  const why = await whyNotStarted(host(), exampleSpec, failed(name));
  if (!(why instanceof UserError)) throw why;
  const [problem] = why.problems;
  expect(problem?.message).toMatch(message);
  expect(problem?.remedy).toMatch(remedy);
});

it('tells of a processor that cannot run such guests, but not of it to paravirtualized ones', async () => {
  const info = fixture('info.txt').replace('pv hvm hap', 'pv');
  const pvh = await whyNotStarted(host(info), exampleSpec, failed('no-kernel'));
  expect(pvh.message).toContain('expected a processor with VT-x or AMD-V on xa');
  const spec = { ...exampleSpec, accelerator: 'xen-pv' } as const;
  const pv = await whyNotStarted(host(info), spec, failed('no-kernel'));
  expect(pv.message).toContain('Xen did not start it: failed to open file');
});

it('gives everything else in the words of xl', async () => {
  const why = await whyNotStarted(host(), exampleSpec, failed('no-disk'));
  expect(why.message).toMatch(/^Xen did not start it: Disk vdev=xvda failed to stat: /);
});

it('says that xl took too long', async () => {
  const late = new CommandError('xa', ['xl', 'create'], 'took longer than 180 s');
  expect((await whyNotStarted(host(), exampleSpec, late)).message).toContain('took longer than');
});
