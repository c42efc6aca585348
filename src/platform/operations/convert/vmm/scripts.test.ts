import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../../base/package-root.ts';

const folder = join(packageRoot, 'src/platform/operations/convert');

it.each(['vmm/cut-over.sh', 'vmm-image/files/init', 'vmm-image/files/bash'])(
  '%s is understood by a POSIX shell',
  (name) => {
    expect(() => execFileSync('sh', ['-n', join(folder, name)], { stdio: 'pipe' })).not.toThrow();
  },
);
