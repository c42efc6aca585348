import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loginTo, migrateCommand } from './command.ts';

/** What both ends start, with programs in the place of xl and ssh that tell how they were called. */
function called(config?: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'vg-xl-'));
  try {
    // As xl does: `sh -c` of its last argument.
    const xl =
      '#!/bin/sh\necho "xl $* mark=$MARK" >&2\nfor last; do :; done\n[ "$2" = migrate ] && exec sh -c "$last"\nexit 0\n';
    // As ssh does: a shell of the other host reads what it is given.
    const ssh =
      '#!/bin/sh\nwhile [ "$1" = -o ]; do shift 2; done\necho "ssh $1 transport=$VIRTGAUGE_XEN_TRANSPORT" >&2\nshift\nexec env -i PATH="$PATH" sh -c "$*"\n';
    writeFileSync(join(folder, 'xl'), xl, { mode: 0o755 });
    writeFileSync(join(folder, 'ssh'), ssh, { mode: 0o755 });
    const [file, ...args] = migrateCommand({
      ...{ domain: 'g-1', id: 'i1', config, login: loginTo({ address: '10.0.0.2' }) },
      environment: { MARK: "it's" },
    });
    const env = { PATH: `${folder}:${process.env.PATH ?? ''}`, MARK: "it's" };
    return execFileSync(file, args, { env, encoding: 'utf8' }).trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('starts xl here and there, both marked, and gives what both say as one output', () => {
  const [migrate = '', ssh, receive] = called();
  expect(migrate).toMatch(/^xl -vvv migrate -s {2}g-1 VIRTGAUGE_XEN_TRANSPORT=i1 exec ssh /);
  expect(migrate).toMatch(/ mark=it's$/);
  expect(ssh).toBe('ssh root@10.0.0.2 transport=i1');
  expect(receive).toBe("xl -vvv migrate-receive -e mark=it's");
});

it('gives the target a configuration of its own', () => {
  expect(called('/run/x/target.cfg')[0]).toMatch(
    /^xl -vvv migrate -s {2}-C \/run\/x\/target.cfg g-1 /,
  );
});
