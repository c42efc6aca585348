import { expect, it } from 'vitest';
import { momentText } from './moment.ts';

it('writes moments in UTC and English', () => {
  expect(momentText('2026-11-20T23:03:27.000Z')).toBe('20 Nov 2026, 23:03 UTC');
  expect(momentText('2026-01-02T03:04:05+02:00')).toBe('2 Jan 2026, 01:04 UTC');
});

it('passes on what is no moment', () => {
  expect(momentText('yesterday')).toBe('yesterday');
});
