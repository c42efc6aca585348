import { expect, it } from 'vitest';
import { nodeProblem } from './node-version.mjs';

it.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1'])('accepts Node %s for >=20.19', (running) => {
  expect(nodeProblem('>=20.19', running)).toBeUndefined();
});

it.each(['20.18.3', '18.20.4', '4.9.1'])('refuses Node %s for >=20.19, naming both', (running) => {
  expect(nodeProblem('>=20.19', running)).toContain(
    `virtgauge needs Node 20.19 or newer, this is Node ${running}.`,
  );
});
