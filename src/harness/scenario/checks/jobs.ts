import type { Finding } from '../../../base/yaml/finding.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Scenario } from '../schema.ts';
import { valueSpan, type Tree } from '../../../base/yaml/tree.ts';

/** Bytes: fio opens the disk with O_DIRECT, which works in sectors. */
const sector = 512;

/** Jobs are told apart by name, and their sizes are whole blocks. */
export function checkJobs({ measure }: Scenario, tree: Tree): Finding[] {
  const jobs = measure['guest-io']?.jobs ?? [];
  return jobs.flatMap(({ name, bs, size }, index) => {
    const path = ['measure', 'guest-io', 'jobs', index];
    const complain = (key: string, message: string, remedy?: string): Finding => ({
      span: valueSpan(tree, [...path, key]),
      message: `${showPath([...path, key])}: ${message}`,
      remedy,
    });
    const findings: Finding[] = [];
    if (jobs.findIndex((job) => job.name === name) < index) {
      findings.push(complain('name', `expected a name of its own, got ${show(name)} again`));
    }
    if (bs % sector !== 0) {
      findings.push(
        complain('bs', `expected a multiple of ${sector} bytes for direct I/O, got ${bs}`),
      );
    }
    if (size < bs || size % bs !== 0) {
      const whole = Math.max(1, Math.round(size / bs)) * bs;
      findings.push(
        complain(
          'size',
          `expected a multiple of the block size of ${bs} bytes, got ${size}`,
          `${whole} would fit`,
        ),
      );
    }
    return findings;
  });
}
