import { beforeEach, expect, it } from 'vitest';
import { Lines, type AgentLine } from './lines.ts';

let now: number;
/** What was done with ways, in order: `ready a:1`. */
let done: string[];
/** Milliseconds that making one ready takes; undefined: it is never ready. */
let takes: number | undefined;
let lines: Lines;

beforeEach(() => {
  [now, done, takes] = [1_000_000, [], 10];
  lines = new Lines({ dial, now: () => now });
});

function dial(host: string, address: string): AgentLine {
  done.push(`dial ${address}`);
  return {
    request: () => Promise.reject(new Error('nothing is asked here')),
    ready(signal) {
      done.push(`ready ${address}`);
      if (takes === undefined) {
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      }
      now += takes;
      return host === 'gone' ? Promise.reject(new Error('unreachable')) : Promise.resolve();
    },
    close() {
      done.push(`close ${address}`);
      return Promise.resolve();
    },
  };
}

const agents = (...names: string[]) => names.map((host) => ({ host, address: `${host}:1` }));
const readied = () => done.filter((each) => each.startsWith('ready')).length;

it('makes ways ready that are not, also behind one that leads nowhere', async () => {
  await lines.keepReady(agents('gone', 'b'));
  expect(done).toEqual(['dial gone:1', 'ready gone:1', 'dial b:1', 'ready b:1']);
  await lines.keepReady(agents('gone', 'b'));
  expect(readied()).toBe(2);
});

it('goes on behind an address that is none', async () => {
  lines = new Lines({
    now: () => now,
    dial(host, address) {
      if (host === 'typo') throw new TypeError('Invalid URL');
      return dial(host, address);
    },
  });
  await lines.keepReady(agents('typo', 'b'));
  expect(done).toContain('ready b:1');
});

it('does so again before agents close what is not used', async () => {
  await lines.keepReady(agents('a', 'b'));
  now += 30_000;
  lines.to('a', 'a:1');
  now += 29_000;
  await lines.keepReady(agents('a', 'b'));
  expect(done.slice(4)).toEqual(['ready b:1']);
});

it('lets others do their work: what a round does not come to is for the next', async () => {
  takes = 200;
  const all = agents('a', 'b', 'c', 'd', 'e');
  await lines.keepReady(all);
  expect(readied()).toBe(3);
  await lines.keepReady(all);
  expect(readied()).toBe(5);
});

it('does not begin a round while another is under way, nor go on when closed', async () => {
  takes = undefined;
  const all = agents('a', 'b', 'c', 'd', 'e', 'f');
  void lines.keepReady(all);
  await lines.keepReady(all);
  expect(readied()).toBe(4);
  takes = 1;
  await lines.close();
  await lines.keepReady(agents('g'));
  expect(done.filter((each) => !each.startsWith('close'))).toHaveLength(8);
  expect(done).toHaveLength(12);
});

it('follows an agent to another address', async () => {
  await lines.keepReady(agents('a'));
  await lines.keepReady([{ host: 'a', address: 'a:2' }]);
  expect(done.slice(2)).toEqual(['close a:1', 'dial a:2', 'ready a:2']);
  expect(lines.to('a', 'a:2')).toBe(lines.to('a', 'a:2'));
});
