import { expect, it } from 'vitest';
import { packedText } from './packed-text.ts';

const none = { otherwise: [], notMade: [], added: [] };

it('says that the report is the same only where every file is', () => {
  expect(packedText(none, '1', '2')).toEqual([
    'the report is, byte for byte, the one that was packed by virtgauge 1',
  ]);
  for (const which of ['otherwise', 'notMade', 'added']) {
    const text = packedText({ ...none, [which]: ['report/x'] }, '1', '2').join('\n');
    expect(text).toContain('is not the one that was packed by virtgauge 1; virtgauge 2 has');
    expect(text).toContain(' 1 file: report/x');
  }
});

it('names ten files, and counts the rest', () => {
  const added = Array.from({ length: 12 }, (_, index) => `report/${index}`);
  const [, line] = packedText({ ...none, added }, '1', '2');
  expect(line).toMatch(/^ {2}added 12 files: report\/0, .* report\/9 and 2 more$/);
});
