import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingPrograms } from '../../../platform/missing-programs.example.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Argv, Shell } from '../../../platform/remote/shell.ts';
import { proveLocks } from './lock-proof.ts';

const missing = missingPrograms(['qemu-img', 'qemu-io']);
const why = missing.length === 0 ? '' : `, skipped: ${missing.join(', ')} missing`;

let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-locks-'));
  mkdirSync(join(folder, 'storage'));
  image = join(folder, 'storage', 'lock-h2');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A host on which such a program is another script. */
function hostWith(program: string, script: string): Shell {
  const path = join(folder, program);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH ?? ''}` };
  const whole = (argv: Argv): Argv => (argv[0] === program ? [path, ...argv.slice(1)] : argv);
  return {
    ...localShell,
    run: (argv, options) => localShell.run(argv, { ...options, env }),
    open: (argv, options) => localShell.open(whole(argv), options),
  };
}

describe.skipIf(missing.length > 0)(`locks of QEMU${why}`, () => {
  afterEach(() => expect(readdirSync(dirname(image))).toEqual([]));

  it('are proven where an open image is refused to another', async () => {
    const proof = await proveLocks(localShell, localShell, image, {});
    expect(proof).toMatchObject({ outcome: 'proven' });
  });

  it('are unseen where it is not', async () => {
    const careless = hostWith('qemu-io', 'exit 0');
    expect(await proveLocks(localShell, careless, image, {})).toEqual({
      ...{ outcome: 'unseen', said: '' },
    });
  });

  it('are impossible where it cannot be made or opened for them', async () => {
    const said = `Failed to lock byte 101`;
    const noflock = hostWith('qemu-img', `echo "qemu-img: $6: ${said}" >&2; exit 1`);
    const made = await proveLocks(noflock, localShell, image, {});
    const late = hostWith('qemu-io', `echo "can't open device: ${said}" >&2; exit 1`);
    const opened = await proveLocks(late, localShell, image, {});
    for (const proof of [made, opened]) {
      expect(proof.outcome).toBe('impossible');
      expect(proof.said).toContain(said);
    }
  });

  it('are not known where they could not be tried', async () => {
    const old = hostWith('qemu-io', 'exec /nonexistent/qemu-io');
    const tried = await proveLocks(localShell, old, image, {});
    const held = await proveLocks(old, localShell, image, {});
    expect([tried.outcome, held.outcome]).toEqual(['unknown', 'unknown']);
  });
});
