import { expect, it } from 'vitest';
import { writeMessage } from '../wire/messages/message.ts';
import { limits } from '../wire/xml/limits.ts';
import { report, type ReportOptions } from './reports.ts';
import { emptyMaster, type OperationRecord } from './state.ts';

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
  const header = { session: 's', sequence: 1, sender: 'm', receiver: 'o', time: 1 };
  // Sealed, a document is a third longer.
  expect(Buffer.byteLength(writeMessage({ header, body })) * 1.34).toBeLessThan(limits.size);
});
