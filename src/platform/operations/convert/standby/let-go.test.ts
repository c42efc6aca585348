import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { letGo } from './let-go.ts';

/** Something that serves a disk, as its command line tells. */
const serve = (name: string) =>
  localShell.open(['sh', '-c', 'read -r end', 'serve', `--export-name=${name}`]);

it('ends what serves a disk under a name, and nothing else', async () => {
  const mine = `copy-${process.pid}`;
  const [served, other] = await Promise.all([serve(mine), serve(`${mine}-other`)]);
  await letGo(localShell, mine);
  expect(await served.exited).toMatchObject({ signal: 'SIGTERM' });
  other.stdin.end();
  expect(await other.exited).toMatchObject({ signal: undefined });
  await letGo(localShell, mine);
});
