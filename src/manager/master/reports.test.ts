import { expect, it } from 'vitest';
import { askWhole } from '../wire/messages/ask-whole.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import { writeMessage } from '../wire/messages/message.ts';
import { limits } from '../wire/xml/limits.ts';
import { report, type ReportOptions } from './reports.ts';
import { Liveness } from './liveness.ts';
import { emptyMaster, type GuestRecord, type OperationRecord } from './state.ts';

/** Sealed, a document is a third longer. */
function expectFits(body: Body): void {
  const header = { session: 's', sequence: 1, sender: 'm', receiver: 'o', time: 1 };
  expect(Buffer.byteLength(writeMessage({ header, body })) * 1.34).toBeLessThan(limits.size);
}

it('guests are told in as many documents as they need, by name', async () => {
  const one: GuestRecord = {
    ...{ name: '', host: 'host-with-a-long-name', state: 'running', image: 'debian-13' },
    ...{ vcpus: 2, memory: 2 ** 32, disk: 2 ** 40, storage: 'shared' },
  };
  const names = Array.from({ length: 12_000 }, (_, number) => `guest-${number}`);
  const guests = Object.fromEntries(names.map((name) => [name, { ...one, name }]));
  const options = { state: { ...emptyMaster(), guests }, liveness: new Liveness(() => 0) };
  let documents = 0;
  const ask = (query: Body) => {
    const body = report(query as BodyOf<'query'>, options as unknown as ReportOptions);
    expectFits(body);
    documents++;
    return Promise.resolve(body);
  };
  const all = await askWhole(ask, { kind: 'query', what: 'guests' });
  const told = 'guests' in all && all.kind === 'guests' ? all.guests : [];
  expect(told.map(({ name }) => name)).toEqual([...names].sort());
  expect(documents).toBeGreaterThan(2);
  expect(documents).toBeLessThan(10);
});

it('operations are told as far as they fit into one document, the newest always', () => {
  const one: OperationRecord = {
    ...{ id: '', action: 'create', guest: 'web', host: 'a', digest: '', state: 'undone', at: 0 },
    reason: 'qemu: <no "room" & no hope> '.repeat(40),
  };
  const all = Array.from({ length: 1500 }, (_, number) => ({ ...one, id: `id-${number}` }));
  const operations = Object.fromEntries(all.map((each) => [each.id, each]));
  const options = { state: { ...emptyMaster(), operations } } as ReportOptions;
  const body = report({ kind: 'query', what: 'operations' }, options);
  const told = 'operations' in body ? body.operations : [];
  expect(told.length).toBeGreaterThan(300);
  expect(told.at(-1)).toMatchObject({ id: 'id-1499' });
  expect(told.at(-told.length)).toMatchObject({ id: `id-${1500 - told.length}` });
  expectFits(body);
});
