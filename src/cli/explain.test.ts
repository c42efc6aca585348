import { CommanderError } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { UserError } from '../base/errors.ts';
import { CommandError } from '../platform/remote/shell.ts';
import { explain } from './explain.ts';

const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
afterEach(() => said.mockClear());

/** What is printed of an error, and the exit code. */
function told(error: unknown): { code: number; text: string } {
  const code = explain(error);
  return { code, text: said.mock.calls.map(([each]) => String(each)).join('\n') };
}

it('tells mistakes of users as they are', () => {
  const error = new UserError({ where: 'my.yaml:3:1', message: 'expected a number, got x' });
  expect(told(error)).toEqual({ code: 1, text: 'my.yaml:3:1: expected a number, got x' });
});

it('tells what a host refused with its words, and blames the host first', () => {
  const stderr = 'sync: error syncing: No space left on device\n';
  const error = new CommandError('h2', ['sync', '/mnt/a'], 'failed', { code: 1, stderr });
  expect(told(error)).toEqual({
    code: 1,
    text:
      'sync /mnt/a (on h2) failed: sync: error syncing: No space left on device\n' +
      '  See what is wrong on h2, then try again; if nothing is, this is a fault of virtgauge.',
  });
});

it('shows what would control the terminal, whoever wrote it', () => {
  const message = 'two\nlines, a\ttab, \u001b[2J\u202e';
  const shown = String.raw`${'two\nlines, a\ttab, '}\u001b[2J\u202e`;
  expect(told(new UserError({ message })).text).toBe(shown);
  expect(told(new CommandError('h2', ['x'], 'failed', { stderr: message })).text).toContain(shown);
});

it('takes the blame for all else', () => {
  const { code, text } = told(new TypeError('x is not a function'));
  expect(code).toBe(1);
  expect(text).toContain('TypeError: x is not a function');
  expect(text).toContain('This is a fault of virtgauge itself');
});

it('leaves to commander what commander has said', () => {
  expect(told(new CommanderError(1, 'commander.x', 'said'))).toEqual({ code: 1, text: '' });
});
