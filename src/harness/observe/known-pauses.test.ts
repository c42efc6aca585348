import { expect, it } from 'vitest';
import { calibrationError, pauseFor } from './known-pauses.ts';
import { spansTrace } from './spans-trace.ts';

it('knows a pause by the commands, to half of what they took', async () => {
  // Every look at the clock is a millisecond after the one before.
  let now = 10;
  const clock = { now: () => (now += 0.001), fromWall: (at: number) => at };
  const said: string[] = [];
  const guest = {
    pause: () => Promise.resolve(void said.push('pause')),
    resume: () => Promise.resolve(void said.push('resume')),
  };
  const { commanded, uncertainty } = await pauseFor(guest, clock, 0.001);
  expect(said).toEqual(['pause', 'resume']);
  expect(commanded.from).toBeCloseTo(10.0015);
  expect(commanded.to).toBeCloseTo(10.0035);
  expect(uncertainty).toBeCloseTo(0.001);
});

it("holds the hypervisor's stamps against the commands, and all others against the stamps", () => {
  const known = { commanded: { from: 5, to: 5.2 } };
  const stamped = [
    { from: 1, to: 2 },
    { from: 5.001, to: 5.203 },
  ];
  const events = spansTrace(stamped, 0);
  expect(calibrationError('hypervisor-events', events, known, stamped)).toBeCloseTo(0.002);
  const network = spansTrace([{ from: 5.0005, to: 5.2065 }], 0);
  expect(calibrationError('network', network, known, stamped)).toBeCloseTo(0.004);
  expect(calibrationError('network', network, known, [])).toBeCloseTo(0.006);
  // What happened long before or after is no error of this pause.
  expect(calibrationError('disk', spansTrace([{ from: 1, to: 2 }], 0), known, [])).toBeCloseTo(
    -0.2,
  );
});
