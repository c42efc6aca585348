import { spawnSync } from 'node:child_process';

const programs = ['qemu-system-x86_64', 'qemu-img', 'mmdebstrap', 'cpio', 'mke2fs', 'ip'];

/**
 * What keeps a test with a lab of machines from running here. Empty if nothing does.
 * @throws Error in CI, where no such test may skip itself
 */
export function missingForMachines(): string[] {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...programs.filter((program) => {
      const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'look', program], {
        env: { ...process.env, PATH: path },
      });
      return status !== 0;
    }),
  ];
  if (missing.length > 0 && process.env.CI === 'true') {
    throw new Error(`missing: ${missing.join(', ')}`);
  }
  return missing;
}
