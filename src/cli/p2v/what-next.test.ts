import { expect, it } from 'vitest';
import { whatNext } from './what-next.ts';

const names = { source: 'web1', target: 'node2' };

it.each([
  ['the disk was not copied: No space left on device', 'Make room on node2'],
  ['it did not converge within 60 s: the machine writes faster', 'Let it write less'],
  ['on the target QEMU is out of reach: no answer', 'Bring node2 and the link'],
  ['qemu (on node2) was cut off: the host does not answer', 'Bring node2 and the link'],
  ['nothing was copied for 20 s', 'Bring node2 and the link'],
])('of "%s" begins with "%s", and goes on from the guest', (reason, begins) => {
  const text = whatNext({ reason, survivor: 'source-guest' }, names);
  expect(text.startsWith(begins)).toBe(true);
  expect(text).toContain('Convert again');
  expect(text).toContain('p2v rollback web1');
});

it('never tells to start anything where it is not known who runs', () => {
  const reason = 'on the target QEMU is out of reach';
  const text = whatNext({ reason, survivor: 'undecided' }, names);
  expect(text).toBe('Start nothing by hand; who runs it says: virtgauge p2v status web1.');
  expect(whatNext({ reason, survivor: 'target' }, names)).not.toContain('Convert again');
});
