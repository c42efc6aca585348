import { describe, expect, it } from 'vitest';
import type { Host } from '../../../remote/host.ts';
import { CommandError, type Argv, type Output, type Shell } from '../../../remote/shell.ts';
import { settle, type Settled } from './settle.ts';

const domain = 'vg-0-0-1234abcd';
const limits = { answer: 1, end: 1, settle: 0.2 };
const suspended = '---ss- ';

/** A domain of a host: its name, what `xl list` shows of its state, why it has shut down. */
interface Fake {
  name: string;
  state: string;
  reason?: string;
}

/** A Xen host whose domains do as xl says, as long as it answers. */
class FakeXen {
  readonly domains = new Map<number, Fake>();
  readonly host: Host;
  answers = true;
  destroyable = true;
  hasResume = false;

  constructor(name: string, ...domains: Fake[]) {
    domains.forEach((one, index) => this.domains.set(index + 7, one));
    const shell = { host: name, run: (argv: Argv) => this.#run(argv) } as unknown as Shell;
    this.host = { name, shell } as Host;
  }

  get names(): string[] {
    return [...this.domains.values()].map(({ name, state }) => `${name} ${state.trim()}`);
  }

  #run(argv: Argv): Promise<Output> {
    const [program, command, first = '', second = ''] = argv;
    const say = (stdout = '') => Promise.resolve({ stdout, stderr: '' });
    const fail = (stderr: string) =>
      Promise.reject(new CommandError('fake', argv, 'failed', { code: 1, stderr }));
    if (!this.answers) return fail('connection lost');
    if (program === 'sh') return say();
    const one = this.domains.get(Number(program === 'python3' ? argv.at(-1) : first));
    if (program === 'python3' || (command === 'resume' && this.hasResume)) {
      if (one) Object.assign(one, { state: 'r-----', reason: '-' });
      return say();
    }
    if (command === 'resume') return fail('command not implemented');
    if (command === 'rename' && one) one.name = second;
    if (command === 'destroy') {
      if (!this.destroyable) return fail('libxl: error: cannot');
      this.domains.delete(Number(first));
    }
    if (command !== 'list') return say();
    return say(
      [...this.domains]
        .map(
          ([id, { name, state, reason = '-' }]) =>
            `${name}   ${id}   128     1     ${state.slice(0, 6)}       1.0     00000000-0000-0000-0000-000000000000   ${reason}   -\n`,
        )
        .join(''),
    );
  }
}

const after = (source: FakeXen, target: FakeXen, permitted: boolean): Promise<Settled> =>
  settle({ source: source.host, target: target.host, domain, id: 'i', limits }, permitted);

const running = { name: domain, state: '-b----' };
const away = { name: `${domain}--migratedaway`, state: suspended, reason: '2' };

describe('settle', () => {
  it('leaves a guest where it never stopped', async () => {
    const [source, target] = [new FakeXen('a', { ...running }), new FakeXen('b')];
    expect(await after(source, target, false)).toEqual({ has: 'source', notes: [] });
    expect(source.names).toEqual([`${domain} -b----`]);
  });

  it('leaves a guest on the target that was let go there, whatever xl said', async () => {
    const [source, target] = [new FakeXen('a', { ...away }), new FakeXen('b', { ...running })];
    expect((await after(source, target, true)).has).toBe('target');
    expect(target.names).toEqual([`${domain} -b----`]);
  });

  it.each([
    ['what was still coming in', `${domain}--incoming`],
    ['what was renamed, but not let go', domain],
  ])('ends %s on the target, and lets the source go on', async (_, name) => {
    const source = new FakeXen('a', { ...away });
    const target = new FakeXen('b', { name, state: '--p---' });
    const { has, notes } = await after(source, target, true);
    expect(has).toBe('source');
    expect(notes.join()).toMatch(
      /what had come to b was ended.*it was left suspended on a and goes on/,
    );
    expect(target.names).toEqual([]);
    expect(source.names).toEqual([`${domain} r-----`]);
  });

  it('lets the source go on by xl itself where that knows how', async () => {
    const source = new FakeXen('a', { name: domain, state: suspended, reason: '2' });
    source.hasResume = true;
    expect((await after(source, new FakeXen('b'), false)).has).toBe('source');
    expect(source.names).toEqual([`${domain} r-----`]);
  });

  it('never lets the source go on while the target may have the guest and is silent', async () => {
    const [source, target] = [new FakeXen('a', { ...away }), new FakeXen('b', { ...running })];
    target.answers = false;
    const { has, notes } = await after(source, target, true);
    expect(has).toBe('nobody');
    expect(notes.join()).toContain('on b not known (connection lost)');
    expect(source.names).toEqual([`${domain}--migratedaway ---ss-`]);
  });

  it('lets it go on when a silent target was never permitted to start it', async () => {
    const source = new FakeXen('a', { name: domain, state: suspended, reason: '2' });
    const target = new FakeXen('b', { name: `${domain}--incoming`, state: '--p---' });
    target.answers = false;
    expect((await after(source, target, false)).has).toBe('source');
  });

  it('never lets it go on where the target cannot be emptied', async () => {
    const source = new FakeXen('a', { ...away });
    const target = new FakeXen('b', { name: domain, state: '--p---' });
    target.destroyable = false;
    expect((await after(source, target, true)).has).toBe('nobody');
    expect(source.names).toEqual([`${domain}--migratedaway ---ss-`]);
  });

  it('ends the second where there should be two', async () => {
    const [source, target] = [new FakeXen('a', { ...running }), new FakeXen('b', { ...running })];
    const { has, notes } = await after(source, target, true);
    expect(has).toBe('source');
    expect(notes.join()).toContain('it was there twice');
    expect(target.names).toEqual([]);
  });

  it('says that nobody has a guest that is gone', async () => {
    const crashed = { name: domain, state: '---sc-', reason: '3' };
    expect((await after(new FakeXen('a', crashed), new FakeXen('b'), false)).has).toBe('nobody');
    expect((await after(new FakeXen('a'), new FakeXen('b'), true)).has).toBe('nobody');
  });
});
