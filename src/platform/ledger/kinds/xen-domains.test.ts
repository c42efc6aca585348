import { expect, it } from 'vitest';
import { CommandError, type Argv, type Output, type Shell } from '../../remote/shell.ts';
import { destroyDomains } from './xen-domains.ts';

const mark = '0123456789abcdef';

/** A Xen host with domains by number; some of them cannot be destroyed. */
function host(domains: Map<number, string>, stubborn: readonly number[] = [], xen = true) {
  const run = (argv: Argv): Promise<Output> => {
    const say = (stdout: string) => Promise.resolve({ stdout, stderr: '' });
    const fail = (stderr: string) =>
      Promise.reject(new CommandError('xa', argv, 'ended with code 1', { code: 1, stderr }));
    if (argv[0] === 'grep') return xen ? say('') : fail('');
    if (argv[1] === 'list') {
      return say(
        [...domains].map(([id, name]) => `${name}  ${id}  128  1  -b----  1.0\n`).join(''),
      );
    }
    const id = Number(argv[2]);
    if (stubborn.includes(id)) return fail('libxl: error: libxl.c:1:f: Domain is held');
    domains.delete(id);
    return say('');
  };
  return { host: 'xa', run } as unknown as Shell;
}

it('destroys the domains of a run, also those on the way to another host, and no others', async () => {
  const domains = new Map([
    [0, 'Domain-0'],
    [3, 'vg-1-0-01234567'],
    [4, 'vg-1-1-01234567--incoming'],
    [5, 'vg-1-0-76543210'],
    [6, 'a-users-own'],
  ]);
  expect(await destroyDomains(host(domains), mark)).toEqual([{ what: 'Xen domain', count: 2 }]);
  expect([...domains.keys()]).toEqual([0, 5, 6]);
  expect(await destroyDomains(host(domains), mark)).toEqual([]);
});

it('says which are still there, and destroys the others', async () => {
  const domains = new Map([
    [3, 'vg-1-0-01234567'],
    [4, 'vg-1-1-01234567'],
  ]);
  await expect(destroyDomains(host(domains, [3]), mark)).rejects.toThrow(
    'could not be destroyed: vg-1-0-01234567 (Domain is held)',
  );
  expect([...domains.keys()]).toEqual([3]);
});

it('finds none where Xen does not run any more', async () => {
  const domains = new Map([[3, 'vg-1-0-01234567']]);
  expect(await destroyDomains(host(domains, [], false), mark)).toEqual([]);
});
