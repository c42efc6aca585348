import { expect, it } from 'vitest';
import { scriptedShell } from '../../platform/storage/lustre/scripted-shell.example.ts';
import { examineLustre } from './lustre-programs.ts';

it('tells which tools of Lustre there are, and what is missing without them', async () => {
  expect(await examineLustre(scriptedShell({ 'lfs --version': 'lfs 2.15.5\n' }))).toEqual([
    { topic: 'lustre', text: 'lfs 2.15.5' },
    {
      topic: 'lustre',
      text: 'lctl is missing, needed for counters, settings and locks of the client',
      advice: 'install the utilities of the Lustre client, in the version of the client',
    },
  ]);
});
