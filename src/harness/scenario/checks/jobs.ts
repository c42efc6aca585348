import type { Finding } from '../../../base/yaml/finding.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Job } from '../../measure/guest-io/options.ts';
import type { Scenario } from '../schema.ts';
import { valueSpan, type Tree } from '../../../base/yaml/tree.ts';

/** Bytes: fio opens the disk with O_DIRECT, which works in sectors. */
const sector = 512;

/** Jobs are told apart by name, their sizes are whole blocks, and rates are for jobs that can have one. */
export function checkJobs({ measure }: Scenario, tree: Tree): Finding[] {
  const jobs = measure['guest-io']?.jobs ?? [];
  return jobs.flatMap((job, index) => {
    const { name, bs, size } = job;
    const path = ['measure', 'guest-io', 'jobs', index];
    const complain = (key: string, message: string, remedy?: string): Finding => ({
      span: valueSpan(tree, [...path, key]),
      message: `${showPath([...path, key])}: ${message}`,
      remedy,
    });
    const findings: Finding[] = [];
    if (jobs.findIndex((each) => each.name === name) < index) {
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
    const wrong = wrongRate(job);
    if (wrong !== undefined) findings.push(complain('rate', ...wrong));
    return findings;
  });
}

/** What is wrong with the rate of a job, and what to do. */
function wrongRate({ rate, rw, touch, iodepth }: Job): [string, string] | undefined {
  if (rate === undefined) return undefined;
  if (!rw.startsWith('rand')) {
    return [
      `expected a random pattern where a rate is given, got ${rw}`,
      'Use randread, randwrite or randrw: streams of their own have no common sequence.',
    ];
  }
  if (touch === 'first') {
    return [
      'expected touch: overwrite where a rate is given, got first',
      'First touch is one pass, as fast as it goes.',
    ];
  }
  if (rw === 'randrw' && (rate < 2 || iodepth < 2)) {
    return [
      'expected a rate and an iodepth of at least 2 for a mixed pattern',
      'Reads and writes come in streams of their own.',
    ];
  }
  return undefined;
}
