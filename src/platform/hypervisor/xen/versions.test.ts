import { expect, it } from 'vitest';
import { CommandError, type Argv, type Output, type Shell } from '../../remote/shell.ts';
import { fixture } from './parse/fixture.example.ts';
import { versions } from './versions.ts';

/** A host that answers by the first word of a command, or by the whole of a script. */
function host(answers: { info?: string | Error; look?: string; watch?: boolean }): Shell {
  const run = (argv: Argv): Promise<Output> => {
    const say = (stdout: string) => Promise.resolve({ stdout, stderr: '' });
    if (argv[0] === 'xl') {
      const { info = fixture('info.txt') } = answers;
      return info instanceof Error ? Promise.reject(info) : say(info);
    }
    if (argv[2]?.includes('xenstore-watch') === true) {
      const none = new CommandError('xa', argv, 'ended with code 127', { code: 127 });
      return answers.watch === false ? Promise.reject(none) : say('/usr/bin/xenstore-watch');
    }
    return say(answers.look ?? '');
  };
  return { host: 'xa', run } as unknown as Shell;
}

const broken = (stderr: string) =>
  new CommandError('xa', ['xl', 'info'], 'ended with code 1', { code: 1, stderr });

it('tells which Xen runs', async () => {
  expect(await versions(host({}))).toEqual({ xen: '4.17.7', 'xen scheduler': 'credit2' });
});

it.each([
  ['none\nnone\n/usr/sbin/xl\n0\n', 'no Xen is booted there'],
  ['xen\nnone\nnone\n0\n', 'expected xa to be a Xen host (dom0)'],
  ['xen\ncontrol_d\nnone\n0\n', 'expected xl on xa, found none'],
  ['xen\ncontrol_d\n/usr/sbin/xl\n1000\n', 'expected root on xa'],
  ['xen\ncontrol_d\n/usr/sbin/xl\n0\n', "Can't find version 4.17 of xen utils"],
])('says what a host lacks whose kernel tells %j', async (look, message) => {
  const info = broken("ERROR:  Can't find version 4.17 of xen utils, bailing out!\n");
  await expect(versions(host({ info, look }))).rejects.toThrow(message);
});

it('refuses a Xen that is too old', async () => {
  const info = 'xen_version : 4.8.5\n';
  await expect(versions(host({ info }))).rejects.toThrow('expected Xen 4.11 or newer on xa');
});

it('wants to be told when guests end', async () => {
  await expect(versions(host({ watch: false }))).rejects.toThrow('expected xenstore-watch on xa');
});
