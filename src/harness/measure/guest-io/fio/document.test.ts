import { expect, it } from 'vitest';
import { findDocument } from './document.ts';

const document = '{\n  "jobs": [\n    {\n    }\n  ]\n}';

it.each<[string, string, string]>([
  ['nothing', '', ''],
  ['a note with braces before', 'fio: {1}\n', ''],
  ['the end of a line behind', '', '\n'],
  ['a note behind', '', '\nfio: file hash not empty on exit\n'],
  ['notes with braces on both sides', 'fio: {1}\n', '\nfio: {2}\n}\n'],
])('is found with %s', (_, before, behind) => {
  const { begin, end, second } = findDocument(before + document + behind);
  expect([begin, end, second]).toEqual([before.length, before.length + document.length, undefined]);
});

it('goes to the end of a text that is cut off, or has no document', () => {
  for (const text of ['{\n  "jobs": [\n', 'fio: command not found', '', '{"jobs": []}']) {
    expect(findDocument(text)).toEqual({ begin: 0, end: text.length, second: undefined });
  }
});

it('tells of a second one', () => {
  const second = document.length + 1;
  expect(findDocument(`${document}\n${document}\n`)).toMatchObject({ begin: 0, second });
});
