import { expect, it } from 'vitest';
import { agentToken } from '../../../guest/control/agent-address.ts';
import { xenCommandLine } from './command-line.ts';
import { exampleSpec } from './guest-spec.example.ts';

it('adds the console of Xen and how the agent is reached', () => {
  const line = xenCommandLine('loglevel=6 vg.name=x', exampleSpec);
  expect(line).toMatch(/^console=hvc0 .*loglevel=6 vg.name=x vg.agent=4444:[0-9a-f]{32}$/);
});

it('gives a fully virtualized guest its serial port', () => {
  const line = xenCommandLine('a=b', { ...exampleSpec, accelerator: 'xen-hvm' });
  expect(line).toMatch(/^console=ttyS0 .*a=b vg.agent=/);
});

it('has a token for each run, the same for all of its guests', () => {
  const { environment } = exampleSpec;
  expect(agentToken({ ...environment, VIRTGAUGE_TRIAL: '7' })).toBe(agentToken(environment));
  expect(agentToken({ VIRTGAUGE_MARK: 'fedcba9876543210' })).not.toBe(agentToken(environment));
});
