// Writes the folder of a run of a little more than a million samples: 8 arms of 1 and 4 guests,
// creation with all phases and three I/O jobs with percentiles, 1,359 trials an arm. Always the same.
import { writeSyntheticRun } from '../../src/harness/analysis/synthetic-run.example.ts';

const [folder = ''] = process.argv.slice(2);
writeSyntheticRun(folder, { seed: 'a million', blocks: 1359, drift: 0.01 });
