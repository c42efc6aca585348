import type { Shell } from '../../platform/remote/shell.ts';
import { ask } from '../../platform/storage/ask.ts';
import type { Finding } from './finding.ts';

const programs = {
  lfs: 'all that is told of storages on Lustre',
  lctl: 'counters, settings and locks of the client',
} as const;

/** What is there of the tools beside a mounted Lustre, also off an ordinary user's path. */
export async function examineLustre(shell: Shell): Promise<Finding[]> {
  return Promise.all(
    Object.entries(programs).map(async ([name, use]): Promise<Finding> => {
      const answer = await ask(shell, [name, '--version'], 20);
      if (answer.ok) return { topic: 'lustre', text: answer.stdout.trim() };
      if (answer.why !== 'missing') return { topic: 'lustre', text: answer.text };
      const text = `${name} is missing, needed for ${use}`;
      const advice = 'install the utilities of the Lustre client, in the version of the client';
      return { topic: 'lustre', text, advice };
    }),
  );
}
