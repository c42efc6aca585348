import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shell } from '../shell.ts';
import { describeShell } from '../shell.example.ts';
import { sshShell } from './index.ts';
import { noSshd, TestSshd } from './sshd.example.ts';

if (noSshd !== undefined && process.env.CI === 'true') throw new Error(noSshd);

describe.skipIf(noSshd !== undefined)(`over SSH ${noSshd ?? ''}`, () => {
  let sshd: TestSshd;
  let shell: Shell;
  beforeAll(async () => {
    sshd = await TestSshd.start();
    shell = await sshShell('h1', sshd.endpoint);
  });
  afterAll(async () => {
    await shell.close();
    sshd.stop();
  });

  describeShell(() => shell);
});
