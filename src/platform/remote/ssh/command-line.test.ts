import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markVariable } from '../process-tree.ts';
import { commandLine, type CommandOptions } from './command-line.ts';
import type { Argv } from '../shell.ts';

function sh(argv: Argv, options?: CommandOptions, shell = '/bin/sh') {
  const line = commandLine('mark', argv, options);
  return spawnSync(shell, ['-c', line], { encoding: 'utf8', input: 'given' });
}

const shells = ['/bin/sh', '/bin/bash', '/bin/tcsh', '/usr/bin/fish'].filter(existsSync);

describe.each(shells)('commandLine in %s', (shell) => {
  it('passes what shells read in different ways', () => {
    const odd = [`a\nb`, `it's`, '\\', '\\\\n', `'\\''`, '!!', '%s $x `y`', 'ä\r\t', '', '\n'];
    const { stdout } = sh(['printf', '<%s>', ...odd], {}, shell);
    expect(stdout).toMatch(/^mark \d+\n/);
    expect(stdout.slice(stdout.indexOf('\n') + 1)).toBe(odd.map((word) => `<${word}>`).join(''));
  });

  it('says the mark and the pid, then becomes the program', () => {
    const { stdout, stderr, pid } = sh(['sh', '-c', 'echo $$; echo e >&2'], {}, shell);
    expect(stdout).toBe(`mark ${pid}\n${pid}\n`);
    expect(stderr).toBe('mark\ne\n');
  });

  it('passes folder, environment and mark', () => {
    const script = `pwd; printf %s "$A"; printenv ${markVariable}; cat`;
    const options = { cwd: '/usr', env: { A: `a b'"$x\n` } };
    const { stdout } = sh(['sh', '-c', script], options, shell);
    expect(stdout).toMatch(/^mark \d+\n\/usr\na b'"\$x\nmark\ngiven$/);
  });

  it.each([
    [['no-such-program'], {}, /no-such-program: not found/],
    [['/etc/passwd'], {}, /passwd: not found, or not executable/],
    [['true'], { cwd: '/nonexistent' }, /cd.*\/nonexistent/],
  ] as [Argv, CommandOptions, RegExp][])(
    'says with the mark why %j did not run',
    (argv, options, why) => {
      const { stdout, stderr } = sh(argv, options, shell);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^mark\nmark: /);
      expect(stderr).toMatch(why);
    },
  );

  it('takes a code 127 of the program itself for what it is', () => {
    const { status, stderr } = sh(['sh', '-c', 'exit 127'], {}, shell);
    expect([status, stderr]).toEqual([127, 'mark\n']);
  });

  it('gives no input and takes no output where neither is wanted', () => {
    const { stdout, stderr } = sh(
      ['sh', '-c', 'cat; echo out; echo err >&2'],
      { noInput: true, noOutput: true },
      shell,
    );
    expect([stdout.split('\n').length, stderr]).toEqual([2, 'mark\nerr\n']);
  });

  it('finds programs that only root has on its path', () => {
    const line = commandLine('mark', ['sh', '-c', 'echo $PATH']);
    const printed = execFileSync(shell, ['-c', line], { env: { PATH: '/usr/bin:/bin' } });
    expect(printed.toString()).toContain('/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin');
  });
});

it('refuses names that no environment can hold', () => {
  expect(() => commandLine('m', ['true'], { env: { 'a=b': 'c' } })).toThrow('name of a variable');
});
