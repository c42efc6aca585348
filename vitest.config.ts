import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The command, which tests start as users do.
    globalSetup: ['scripts/setup/build.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts', '**/*.soak.test.ts', 'node_modules/**'],
          // Loading the same modules for each file anew takes longer than most tests do.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          // No test of ours asserts a time; a busy machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['src/**/*.lab.test.ts'],
          globalSetup: [
            'src/platform/lab/machines/images.example.ts',
            'src/platform/operations/convert/vmm-image/image.example.ts',
          ],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'soak',
          include: ['src/**/*.soak.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
