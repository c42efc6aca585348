import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jobSchema, type Job } from '../options.ts';
import { jobFile, leastRuntime, sectionName } from './job-file.ts';

const jobs = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/),
      rw: fc.constantFrom('read', 'write', 'randread', 'randwrite', 'rw', 'randrw'),
      touch: fc.constantFrom('first', 'overwrite'),
      bs: fc.integer({ min: 1, max: 256 }).map((sectors) => sectors * 512),
      size: fc.integer({ min: 1, max: 1000 }).map((pages) => pages * 4096),
      round: fc.constantFrom('50ms', '1.2345s'),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  )
  .map((each) => each.map((job) => jobSchema.parse(job)));

const at = (offset: number) => ({ folder: '/run/fio', file: '/dev/vda', offset, seed: 7 });

interface Section {
  name: string;
  options: Record<string, string>;
}

/** Reads a job file as fio does: sections, options, and comments from `;` or `#` on. */
function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split('\n')) {
    const content = line.replace(/[;#].*$/, '').trim();
    const [, name] = /^\[(.+)\]$/.exec(content) ?? [];
    if (name !== undefined) sections.push({ name, options: {} });
    else if (content !== '') {
      const [, key = '', value = ''] = /^([^=]+)=?(.*)$/.exec(content) ?? [];
      const options = sections.at(-1)?.options;
      expect(options).not.toHaveProperty(key);
      if (options) options[key] = value;
    }
  }
  return sections;
}

const measured = (sections: readonly Section[]) =>
  sections.filter(({ options }) => 'exec_prerun' in options);

it('has nothing that fio takes for a comment', () => {
  fc.assert(
    fc.property(jobs, (each) => {
      expect(jobFile(each, at(4096))).not.toMatch(/[;#]/);
    }),
  );
});

it('gives every job a part of its own behind the system', () => {
  fc.assert(
    fc.property(jobs, fc.nat(1e9), (each, offset) => {
      const parts = measured(sectionsOf(jobFile(each, at(offset)))).map(({ options }) => ({
        start: Number(options.offset),
        size: Number(options.size),
      }));
      let end = offset;
      for (const [index, { start, size }] of parts.entries()) {
        expect([start, size]).toEqual([end, each[index]?.size]);
        end = start + size;
      }
      expect(parts).toHaveLength(each.length);
    }),
  );
});

it('has for every job what the scenario says, and writes a part before it is overwritten', () => {
  fc.assert(
    fc.property(jobs, (each) => {
      const sections = sectionsOf(jobFile(each, at(0)));
      expect(sections[0]).toMatchObject({
        name: 'global',
        options: { direct: '1' },
      });
      for (const [index, job] of each.entries()) {
        const place = sections.findIndex(({ name }) => name === sectionName(job, index));
        const { options = {} } = sections[place] ?? {};
        expect(options).toMatchObject({ rw: job.rw, bs: String(job.bs), filename: '/dev/vda' });
        expect(options).toHaveProperty('stonewall');
        expect('rwmixread' in options).toBe(job.rw === 'rw' || job.rw === 'randrw');
        const before = sections[place - 1];
        if (job.touch === 'overwrite') {
          expect(before).toMatchObject({
            name: `precondition:${index}`,
            options: { rw: 'write', offset: options.offset, size: options.size },
          });
          expect(options.runtime).toBe(`${Math.round(leastRuntime(job) * 1000)}ms`);
        } else {
          expect(before?.name).not.toBe(`precondition:${index}`);
          expect(options).not.toHaveProperty('runtime');
        }
      }
    }),
  );
});

const missing = spawnSync('fio', ['--version']).error !== undefined;
if (missing && process.env.CI === 'true') throw new Error('missing: fio');
it.skipIf(missing)(`is understood by fio${missing ? ', skipped: fio is missing' : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-fio-'));
  const all: Job[] = (['randread', 'randrw'] as const).flatMap((rw) => [
    jobSchema.parse({ name: `${rw}-first`, rw, touch: 'first' }),
    jobSchema.parse({ name: `${rw}-overwrite`, rw }),
    jobSchema.parse({ name: `${rw}-poisson`, rw, rate: 101 }),
    jobSchema.parse({ name: `${rw}-linear`, rw, rate: 101, arrivals: 'linear' }),
  ]);
  writeFileSync(join(folder, 'job'), jobFile(all, { ...at(0), file: join(folder, 'disk') }));
  const { status, stderr } = spawnSync('fio', ['--parse-only', join(folder, 'job')]);
  rmSync(folder, { recursive: true });
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
});
