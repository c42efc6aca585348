import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { monotonicClock } from '../../../base/clock.ts';
import type { Host } from '../../remote/host.ts';
import type { Ended, PipedProcess, Shell } from '../../remote/shell.ts';
import { onMonitorEvent, type DomainEvent } from './monitor-events.ts';

/** A host whose virsh says what it is told to. */
function fakeHost() {
  const opened: { say: (line: string) => void; end: () => void; killed: () => boolean }[] = [];
  const open = async (): Promise<PipedProcess> => {
    await Promise.resolve();
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    let killed = false;
    let end: (how: Ended) => void = () => undefined;
    const exited = new Promise<Ended>((resolve) => (end = resolve));
    opened.push({
      say: (line) => stdout.write(line),
      end: () => end({ code: 1, signal: undefined, stderr: '' }),
      killed: () => killed,
    });
    const kill = () => {
      killed = true;
      end({ code: undefined, signal: 'SIGTERM', stderr: '' });
    };
    return { pid: 1, exited, stdin, stdout, kill };
  };
  const shell = { host: 'h', open } as unknown as Shell;
  const clock = { ...monotonicClock, fromWall: (wall: number) => wall - 1000 };
  return { host: { shell, clock } as unknown as Host, opened };
}

const stop = (domain: string) => `event STOP at 1001.5 for domain '${domain}': <null>\n`;
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('tells each guest what is said of it, on our clock, by one program', async () => {
  const { host, opened } = fakeHost();
  const heard: Record<string, DomainEvent[]> = { a: [], b: [] };
  await Promise.all(
    ['a', 'b'].map((name) => onMonitorEvent(host, name, {}, (event) => heard[name]?.push(event))),
  );
  expect(opened).toHaveLength(1);
  const line = stop('a');
  opened[0]?.say(line.slice(0, 10));
  opened[0]?.say(line.slice(10) + stop('c'));
  await settle();
  expect(heard).toEqual({ a: [{ event: 'STOP', data: {}, at: 1.5 }], b: [] });
});

it('ends the program with its last listener, and starts another for the next', async () => {
  const { host, opened } = fakeHost();
  const [first, second] = await Promise.all([
    onMonitorEvent(host, 'a', {}, () => undefined),
    onMonitorEvent(host, 'a', {}, () => undefined),
  ]);
  await first();
  expect(opened[0]?.killed()).toBe(false);
  const third = onMonitorEvent(host, 'a', {}, () => undefined);
  await second();
  expect(opened[0]?.killed(), 'one was on its way').toBe(false);
  await (
    await third
  )();
  expect(opened[0]?.killed()).toBe(true);
  await onMonitorEvent(host, 'a', {}, () => undefined);
  expect(opened).toHaveLength(2);
});

it('starts another where the first has ended', async () => {
  const { host, opened } = fakeHost();
  await onMonitorEvent(host, 'a', {}, () => undefined);
  opened[0]?.end();
  await settle();
  await onMonitorEvent(host, 'a', {}, () => undefined);
  expect(opened).toHaveLength(2);
});
