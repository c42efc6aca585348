import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { expect, it } from 'vitest';
import { localShell } from '../../../platform/remote/local.ts';
import { describeMachine, localMachine } from '../../results/environment.ts';
import { readHostTexts } from './host-texts.ts';

it('are those of the host', async () => {
  const texts = await readHostTexts(localShell);
  expect(describeMachine(texts)).toEqual(localMachine());
  expect(texts).toMatchObject({
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    kernel: release(),
    uid: process.getuid?.(),
  });
  expect(texts.kvmRefusal).toMatch(/^($|\/dev\/kvm may not|no \/dev\/kvm)/);
});
