import { expect, it } from 'vitest';
import { CommandError, type Output, type Shell } from '../../remote/shell.ts';
import { domainState } from './virsh.ts';

const failed = (stderr: string) =>
  new CommandError('h', ['virsh'], 'ended with code 1', { stderr });

/** A host whose virsh knows no state of the domain x, and lists so. */
function hostThatLists(names: string | Error): Shell {
  const run = (argv: readonly string[]): Promise<Output> => {
    if (!argv.includes('list')) return Promise.reject(failed("error: failed to get domain 'x'"));
    return names instanceof Error
      ? Promise.reject(names)
      : Promise.resolve({ stdout: names, stderr: '' });
  };
  return { host: 'h', run } as unknown as Shell;
}

it('takes a domain for absent if libvirt lists others only', async () => {
  expect(await domainState(hostThatLists('x2\nbase\n\n'), 'x')).toBe('absent');
  expect(await domainState(hostThatLists('\n'), 'x')).toBe('absent');
});

it('takes none for absent that is listed, or where libvirtd has gone', async () => {
  await expect(domainState(hostThatLists('y\nx\n'), 'x')).rejects.toThrow('ended with code 1');
  const gone = failed('error: failed to connect to the hypervisor');
  await expect(domainState(hostThatLists(gone), 'x')).rejects.toThrow(gone);
});
