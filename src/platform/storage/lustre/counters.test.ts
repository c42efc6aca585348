import { expect, it } from 'vitest';
import { client } from './client-script.example.ts';
import { readCounters } from './counters.ts';
import { fixture } from './fixture.example.ts';
import { scriptedShell, type Script } from './scripted-shell.example.ts';

const directory = '/mnt/lustre/vg';
const printed = ['llite-stats', 'osc-stats', 'osc-rpc_stats', 'osc-import', 'mdc-stats']
  .map((name) => `== ${name}\n${fixture(`2.17/${name}`)}`)
  .join('');
const read = (script: Script) => readCounters(scriptedShell({ ...script, ...client }), directory);

it('reads counters of this client, each from its own source', async () => {
  const shell = scriptedShell({ 'for p in': printed, ...client });
  const counters = await readCounters(shell, directory);
  expect(counters).toMatchObject({
    'llite.read_bytes': 134_767_760,
    'llite.write_bytes': 106_618_840,
    'osc.read_bytes': 166_092_808,
    'osc.timeouts': 0,
    'mdc.mds_close.count': 58,
  });
  expect(counters['osc.read_rpcs']).toBeGreaterThan(2168);
  const asked = shell.lines.find((line) => line.includes('for p in')) ?? '';
  expect(asked).toContain('llite.lustre-ffff88811222a800.stats');
  expect(asked).toContain('osc.lustre-OST*-osc-ffff88811222a800.rpc_stats');
});

it('asks for all clients of the file system where lfs does not name this one', async () => {
  const shell = scriptedShell({ 'for p in': printed, ...client, 'lfs getname': 'what?' });
  await readCounters(shell, directory);
  expect(shell.lines.join('\n')).toContain('osc.lustre-OST*-osc-[^M]*.stats');
});

it('has none where nothing may be read', async () => {
  expect(await read({ 'for p in': '== a\n== b\n== c\n== d\n== e\n' })).toEqual({});
  expect(await read({ 'for p in': { code: 1, stderr: '' } })).toEqual({});
});

it('knows what has never happened from what may not be read', async () => {
  const idle = await read({ 'for p in': `== a\n${fixture('2.17/stats-clear')}== b\n` });
  expect(idle).toMatchObject({ 'llite.read_bytes': 0, 'llite.write_bytes': 0 });
  expect(Object.keys(idle).filter((name) => !name.startsWith('llite.'))).toEqual([]);
});

it('gives no times of what was only counted, as Lustre 2.12 does', async () => {
  const stats =
    'snapshot_time             1653471827.896692065 secs.nsecs\n' +
    'fsync                     578 samples [regs]\n';
  const counters = await read({ 'for p in': `== a\n${stats}== b\n` });
  expect(counters['llite.fsync.count']).toBe(578);
  expect(counters).not.toHaveProperty(['llite.fsync.seconds']);
  expect(counters).toMatchObject({ 'llite.read_bytes': 0, 'llite.write_bytes.count': 0 });
  const idle = await read({ 'for p in': `== a\n${stats.split('fsync')[0] ?? ''}== b\n` });
  expect(idle).toMatchObject({ 'llite.fsync.count': 0, 'llite.fsync.seconds': 0 });
});
