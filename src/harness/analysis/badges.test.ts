import { expect, it } from 'vitest';
import type { HostFacts } from '../results/schema.ts';
import { badges } from './badges.ts';
import { caveatsOf } from './caveats.ts';
import { syntheticRun } from './synthetic-run.example.ts';

const { run } = syntheticRun({ blocks: 0, factors: { provisioning: ['copy', 'clone'] } });
const host = (standIn?: string): HostFacts => ({
  ...{ cpu: 'x', cpus: 2, memory: 1, kernel: '6', versions: {}, clockUncertainty: 0 },
  ...(standIn === undefined ? {} : { standIn }),
});
const onHosts = (hosts: Record<string, HostFacts>) => ({
  ...run,
  environment: { ...run.environment, hosts },
});

it('labels hosts that are stand-ins, those of one kind together', () => {
  const namespace = 'namespace of the controller';
  const said = onHosts({ a: host(namespace), b: host(namespace), c: host(), d: host('a folder') });
  expect(badges(said, ['measured'])).toEqual([
    'emulated (TCG)',
    'stand-in: hosts a and b (namespace of the controller)',
    'stand-in: host d (a folder)',
  ]);
  expect(caveatsOf(said, []).slice(1)).toEqual([
    'Hosts a and b are stand-ins (namespace of the controller), not machines of their own.',
    'Host d is a stand-in (a folder), not a machine of its own.',
  ]);
});

it('says nothing of real hosts', () => {
  expect(badges(onHosts({ a: host(), b: host() }), ['measured'])).toEqual(['emulated (TCG)']);
});
