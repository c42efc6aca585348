import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addLabUp } from './lab-up.ts';

/** What the command says instead of beginning. */
function up(...args: string[]): Promise<unknown> {
  const program = new Command();
  addLabUp(program);
  const [command] = program.commands;
  for (const each of [program, command]) {
    each?.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  return program.parseAsync(['node', 'virtgauge', 'up', ...args]);
}

it.each([
  ['', 'expected --namespaces or --machines, got neither'],
  ['--namespaces 2 --machines xen:2', 'cannot be used with'],
  ['--namespaces 2 --fresh', 'cannot be used with'],
  ['--machines xen:2 --libvirt', 'cannot be used with'],
  ['--machines xen:2 --disk-rate 10MiB', 'cannot be used with'],
  ['--machines esx:2', 'such as xen:2 or kvm:1,xen:1, got "esx:2"'],
  ['--machines xen:2 --shared moosefs', '--shared: expected nfs with --machines, got moosefs'],
  ['--namespaces 2 --shared nfs', 'expected directory or moosefs with --namespaces, got nfs'],
  ['--machines xen:2 --disk-cache sometimes', 'Allowed choices are unsafe, writeback, none'],
  ['--machines xen:2 --memory much', 'Expected a size such as 2.0 GiB'],
  ['--machines xen:2 --memory 1MiB', '--memory: expected at least 256 MiB'],
  ['--machines xen:2 --name a/b', 'lab: expected a name'],
])('does not begin with %j', async (args, said) => {
  await expect(up(...args.split(' ').filter((word) => word !== ''))).rejects.toThrow(said);
});
