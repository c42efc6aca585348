import { describe, expect, it } from 'vitest';
import { FakeXen, suspended } from './fake-xen.example.ts';
import { settle, type Settled } from './settle.ts';

const domain = 'vg-0-0-1234abcd';
const limits = { answer: 1, end: 1, settle: 0.2 };

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
