import { expect, it } from 'vitest';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { fixture } from './parse/fixture.example.ts';
import { isAbsent, xl, xlWords } from './xl.ts';

const failure = (stderr: string) =>
  new CommandError('xa', ['xl', 'create'], 'ended with code 3', { code: 3, stderr });

it.each([
  ['no-bridge', 'script: Could not find bridge device nobr'],
  ['no-memory', "can't allocate low memory for domain: Out of memory"],
  ['no-disk', 'failed to stat: /srv/vg/nosuch.raw: No such file or directory'],
  ['no-kernel', "failed to open file '/srv/vg/nosuch': No such file or directory"],
  ['exists-again', 'Domain with name "g1-abcdefgh" already exists.'],
])('tells the cause of %s, without what follows from it', (name, words) => {
  const told = xlWords(failure(fixture(`${name}.stderr.txt`)));
  expect(told).toContain(words);
  expect(told).not.toMatch(/libxl|\.c:\d|Non-existant|Parsing|got a tsc/);
});

it.each(['list-invalid', 'list-invalid-name', 'destroy-invalid', 'pause-invalid'])(
  'knows from %s that there is no such domain',
  (name) => expect(isAbsent(failure(fixture(`${name}.stderr.txt`)))).toBe(true),
);

it('does not take other failures for that', () => {
  expect(isAbsent(failure(fixture('no-memory.stderr.txt')))).toBe(false);
  expect(isAbsent(new Error('does not exist'))).toBe(false);
});

it('takes what xl says for a failure, whatever its code', async () => {
  const stderr = fixture('pause-invalid.stderr.txt');
  const shell = { host: 'xa', run: () => Promise.resolve({ stdout: '', stderr }) };
  await expect(xl(shell as unknown as Shell, ['pause', '4711'])).rejects.toThrow('No such process');
});
