import { expect, it } from 'vitest';
import { localShell } from '../../platform/remote/local.ts';

it('does not end while what it runs waits for something that holds no process', async () => {
  const program = `
    const { untilEnded } = await import(${JSON.stringify(new URL('until-ended.ts', import.meta.url).href)});
    const unheld = () => new Promise((resolve) => setTimeout(resolve, 200).unref());
    await untilEnded(unheld);
    console.log('ended');`;
  const argv = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program] as const;
  expect((await localShell.run([...argv])).stdout).toBe('ended\n');
});
