import { expect, test } from 'vitest';
import { encodeIdentity, readReply, type MachineIdentity } from './identity.ts';

const identity: MachineIdentity = {
  name: 'h1',
  address: '10.77.0.1/24',
  peers: { h1: '10.77.0.1', h2: '10.77.0.2' },
  hostKey: '-----BEGIN\n"$(reboot)"\n\\\n-----END\n',
  hostKeyPublic: 'ssh-ed25519 AAAA h1\n',
  authorizedKeys: 'ssh-ed25519 BBBB user\n',
  userKey: 'KEY\n',
  userKnownHosts: '10.77.0.1 ssh-ed25519 AAAA\n',
  time: 1_795_262_400.5,
};

const decoded = (line: string) =>
  Object.fromEntries(
    Object.entries(JSON.parse(line) as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );

test('an identity is one line of JSON in which nothing needs quoting', () => {
  const line = encodeIdentity(identity);
  expect(line).toMatch(/^\{("\w+":"[A-Za-z0-9+/=]*",?)+\}\n$/);
  expect(decoded(line)).toEqual({
    ...identity,
    peers: '10.77.0.1 h1\n10.77.0.2 h2\n',
    time: '1795262400.500',
  });
});

test('says who serves what all share', () => {
  expect(decoded(encodeIdentity({ ...identity, nfs: { serve: true } }))).toHaveProperty(
    'nfs',
    'serve',
  );
  expect(decoded(encodeIdentity({ ...identity, nfs: { from: '10.77.0.1' } }))).toHaveProperty(
    'nfs',
    '10.77.0.1',
  );
});

test('reads what a machine answers', () => {
  expect(readReply('{"ready":true}\r\n')).toEqual({ ready: true });
  const error = Buffer.from('mount: "no"\n').toString('base64');
  expect(readReply(`{"error":"${error}"}`)).toEqual({ error: 'mount: "no"' });
  expect(() => readReply('{"ready":tru')).toThrow('got "{\\"ready\\":tru"');
});
