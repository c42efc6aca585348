import { expect, it } from 'vitest';
import { thisMachine } from '../../../remote/this-machine.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import { parseState, settledStates } from './states.ts';

it.each([
  ['running (migrated)', 'running'],
  ['running (booted)\n\n', 'running'],
  ['paused (migrating)', 'stopped'],
  ['paused (user)', 'stopped'],
  ['shut off (destroyed)', 'stopped'],
  ['paused (post-copy failed)', 'half'],
  ['running (post-copy)', 'half'],
  ['running (post-copy failed)', 'half'],
])('takes %j for %s', (text, state) => {
  expect(parseState(text).state).toBe(state);
});

type Answer = string | Error;

/** A host whose virsh answers so, the last again and again. */
function hostThat(...answers: [Answer, ...Answer[]]) {
  const run = (argv: readonly string[]) => {
    // A libvirtd that says what there is has no such domain.
    if (argv.includes('list') && answers[0] === absent) {
      return Promise.resolve({ stdout: 'y\n', stderr: '' });
    }
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve({ stdout: answer ?? '', stderr: '' });
  };
  return { ...thisMachine('/cache'), shell: { host: 'h', run } as unknown as Shell };
}

const absent = new CommandError('h', ['virsh'], 'ended with code 1', {
  code: 1,
  stderr: "error: failed to get domain 'x'",
});
const lost = new Error('the connection ended');
const limits = { answer: 1, end: 1, settle: 0.5, look: 1 };
const states = async (...hosts: Parameters<typeof hostThat>[]) => {
  const [source, target] = hosts.map((answers) => hostThat(...answers));
  if (!source || !target) throw new Error('expected two');
  const ends = await settledStates(source, target, 'x', limits);
  return [ends.source.state, ends.target.state];
};

it('waits until libvirt has put both ends in order', async () => {
  expect(
    await states(['paused (migrating)', 'running (migrated)'], ['paused (migrating)', absent]),
  ).toEqual(['running', 'absent']);
});

it('tells what there is when nothing comes in order, and that a host is out of reach', async () => {
  expect(await states(['paused (migrating)'], [lost])).toEqual(['stopped', 'unknown']);
  expect(await states(['running (booted)'], ['running (booted)'])).toEqual(['running', 'running']);
});
