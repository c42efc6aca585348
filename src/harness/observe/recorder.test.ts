import { expect, it } from 'vitest';
import { localShell } from '../../platform/remote/local.ts';
import { startRecorder } from './recorder.ts';

const here = { shell: localShell };
const script = (text: string) => ['sh', '-c', text] as const;
const anything = (output: Buffer) => output.length > 0;

it('gives all that a program writes until its input ends, and how it ended', async () => {
  const recorder = await startRecorder(
    here,
    script('echo "$MARK"; cat > /dev/null; echo last; echo said >&2; exit 3'),
    { MARK: 'first' },
    anything,
  );
  const { output, ended } = await recorder.stop(10);
  expect(output.toString()).toBe('first\nlast\n');
  expect(ended).toMatchObject({ code: 3, stderr: 'said' });
});

it('says in its own words why a program does not record', async () => {
  const never = startRecorder(here, script('echo "no permission" >&2; exit 1'), {}, anything);
  await expect(never).rejects.toThrow('does not record: no permission');
});

it('ends a program that does not end by itself, and keeps what it wrote', async () => {
  const recorder = await startRecorder(
    here,
    script('trap "" TERM; echo here; while :; do sleep 0.05; done'),
    {},
    anything,
  );
  const { output, ended } = await recorder.stop(0.1);
  expect(output.toString()).toBe('here\n');
  expect(ended.signal).toBe('SIGKILL');
}, 20_000);
