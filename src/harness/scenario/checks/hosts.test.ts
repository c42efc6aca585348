import { expect, it } from 'vitest';
import { loadScenario } from '../load.ts';

const scenario = (levels: string, measure: string) => `name: x
storages: { shared: { kind: shared-directory } }
${levels}
measure: ${measure}
`;
const load = (text: string) =>
  loadScenario('x.yaml', { read: () => new TextEncoder().encode(text) });

it.each([
  ['fixed: { hosts: 2 }', /fixed.hosts: expected 1 beside measure.migration, .* got 2/],
  ['factors: { hosts: [1, 3] }', /factors.hosts.1: expected 1 beside measure.migration, .* got 3/],
])('guests that move begin on one host: %s', (levels, message) => {
  expect(() => load(scenario(levels, '{ migration: {} }'))).toThrow(message);
});

it.each(['fixed: { hosts: 1 }', 'fixed: { guests: 2 }'])('lets %s move', (levels) => {
  expect(() => load(scenario(levels, '{ migration: {} }'))).not.toThrow();
});

it('lets guests that stay be on several', () => {
  expect(() =>
    load(scenario('fixed: { guests: 2 }\nfactors: { hosts: [1, 2] }', '{ creation: {} }')),
  ).not.toThrow();
});
