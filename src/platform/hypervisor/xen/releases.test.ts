import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Argv, Ended, Shell } from '../../remote/shell.ts';
import { onRelease, type Look } from './releases.ts';

/** A host on which one can tell when a domain ends, and how often that is watched and looked at. */
function host() {
  const state = { names: ['a', 'b'], watches: 0, ended: 0, looks: 0, hangs: false };
  let output = new PassThrough();
  let end: (how: Ended) => void = () => undefined;
  const ended = (how: Partial<Ended>): Ended => ({
    ...{ code: undefined, signal: undefined, stderr: '' },
    ...how,
  });
  const shell = {
    host: 'xa',
    open: () => {
      state.watches++;
      output = new PassThrough();
      const exited = new Promise<Ended>((resolve) => (end = resolve));
      const kill = () => {
        state.ended++;
        end(ended({ signal: 'SIGTERM' }));
      };
      output.write('@releaseDomain\n');
      return Promise.resolve({ stdin: new PassThrough(), stdout: output, exited, kill, pid: 1 });
    },
    run: (argv: Argv) => {
      state.looks++;
      if (state.hangs) return Promise.reject(new Error(`${argv[0]} took longer than 30 s`));
      const lines = state.names.map((name, id) => `${name}  ${id}  128  1  -b----  1.0`);
      return Promise.resolve({ stdout: lines.join('\n'), stderr: '' });
    },
  } as unknown as Shell;
  return {
    ...{ shell, state },
    release: () => output.write('@releaseDomain\n'),
    lose: () => end(ended({ lost: 'no route to host' })),
  };
}

const names = (look: Look | undefined) =>
  look !== undefined && 'domains' in look ? look.domains.map(({ name }) => name) : look;

it('tells all who listen of all domains, at once and whenever one has ended, by one watch', async () => {
  const { shell, state, release } = host();
  const seen: Look[][] = [[], []];
  const stops = [];
  for (const looks of seen) {
    stops.push(await onRelease({ shell }, {}, (look) => looks.push(look)));
    await expect.poll(() => names(looks.at(-1))).toEqual(['a', 'b']);
  }
  expect(state.watches).toBe(1);
  state.names = ['a'];
  release();
  for (const looks of seen) await expect.poll(() => names(looks.at(-1))).toEqual(['a']);

  await stops[0]?.();
  expect(state.ended).toBe(0);
  const before = seen[0]?.length;
  state.names = [];
  release();
  await expect.poll(() => names(seen[1]?.at(-1))).toEqual([]);
  expect(seen[0]?.length).toBe(before);
  await stops[1]?.();
  expect(state.ended).toBe(1);
});

it('says that a host is lost, and watches anew for the next', async () => {
  const { shell, state, lose } = host();
  const looks: Look[] = [];
  await onRelease({ shell }, {}, (look) => looks.push(look));
  lose();
  await expect.poll(() => looks.at(-1)).toEqual({ lost: 'no route to host' });
  const stop = await onRelease({ shell }, {}, () => undefined);
  expect(state.watches).toBe(2);
  await stop();
});

it('takes a look that fails for nothing', async () => {
  const { shell, state, release } = host();
  state.hangs = true;
  const looks: Look[] = [];
  const stop = await onRelease({ shell }, {}, (look) => looks.push(look));
  await expect.poll(() => state.looks).toBe(1);
  state.hangs = false;
  release();
  await expect.poll(() => names(looks.at(-1))).toEqual(['a', 'b']);
  await stop();
});
