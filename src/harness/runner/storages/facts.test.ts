import { expect, it } from 'vitest';
import type { StorageInspection } from '../../../platform/storage/storage.ts';
import { storageFacts } from './facts.ts';

const backend = { kind: 'fake', label: 'Fake', standIn: 'a fake' };
const found = (facts: Record<string, string>, free = 10): StorageInspection => ({
  ...{ filesystem: 'fakefs', device: '1', free, directIo: true, directAlignment: 512 },
  ...{ reflink: false, facts, warnings: ['slow'] },
});

it('of several layouts tells for each what differs', () => {
  const { facts } = storageFacts(
    backend,
    [
      { layoutName: '', found: [found({ version: '1', layout: 'one stripe' })] },
      { layoutName: 'stripeCount=2', found: [found({ version: '1', layout: 'two stripes' })] },
      { layoutName: 'stripeCount=2', found: [found({ version: '1', layout: 'as before' })] },
      { layoutName: 'pool=p', found: [found({ version: '1', pool: 'p' })] },
    ],
    {},
  );
  expect(facts).toEqual({
    version: '1',
    layout: 'one stripe',
    'layout stripeCount=2': 'two stripes',
    'pool pool=p': 'p',
  });
});

it('has the least free space, each warning once, and what the hosts add', () => {
  const facts = storageFacts(
    backend,
    [{ layoutName: '', found: [found({ a: 'b' }), found({ a: 'c' }, 5)] }],
    { facts: { locks: 'proven' }, warnings: ['slow', 'far'], serverCache: 'server-warm' },
  );
  expect(facts).toMatchObject({
    ...{ ...backend, filesystem: 'fakefs', free: 5, directAlignment: 512 },
    ...{ facts: { a: 'b', locks: 'proven' }, warnings: ['slow', 'far'] },
    serverCache: 'server-warm',
  });
});
