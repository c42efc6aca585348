import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledProgram, whyNotCompile } from './guest-service.example.ts';

const run = promisify(execFile);
const whyNot = whyNotCompile();

describe.skipIf(whyNot !== undefined)(
  `vg-host sentinel${whyNot ? `, skipped: ${whyNot}` : ''}`,
  () => {
    let folder: string;
    let program: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vg-sentinel-'));
      program = await compiledProgram('vg-host');
    }, 120_000);

    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('tells how long requests took, in one line, with a file that stays as large', async () => {
      const file = join(folder, 'file');
      const sizes = [];
      for (let time = 0; time < 2; time++) {
        const { stdout } = await run(program, ['sentinel', file]);
        expect(stdout).toMatch(/^\{.*\}\n$/);
        const told = JSON.parse(stdout) as Record<string, Record<string, number>>;
        for (const series of ['write', 'smallWrite', 'read', 'smallRead']) {
          const { count = 0, median = 0, maximum = 0, rate = 0 } = told[series] ?? {};
          expect(count).toBeGreaterThan(0);
          expect(median).toBeGreaterThan(0);
          expect(maximum).toBeGreaterThanOrEqual(median);
          expect(rate).toBeGreaterThan(0);
        }
        sizes.push((await stat(file)).size);
      }
      expect(sizes[1]).toBe(sizes[0]);
    });

    it('says where it cannot write', async () => {
      const failed = run(program, ['sentinel', join(folder, 'nowhere/file')]);
      await expect(failed).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/sentinel: .*nowhere\/file: No such file/) as string,
      });
      await expect(run(program, ['sentinel'])).rejects.toMatchObject({ code: 2 });
    });
  },
);
