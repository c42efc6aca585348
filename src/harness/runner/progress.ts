import type { CreateBoundary } from '../../platform/operations/create.ts';
import type { Arm, Sample, Trial } from '../results/schema.ts';

/** What a run tells while it goes on. */
export type Progress =
  | { type: 'preparing'; step: string }
  | { type: 'planned'; trials: number; done: number }
  | { type: 'trial-started'; trial: number; arm: Arm }
  | { type: 'boundary'; trial: number; guest: number; boundary: CreateBoundary }
  | { type: 'trial-ended'; trial: Trial; samples: readonly Sample[] }
  /** Something of the run could not be removed. */
  | { type: 'left-behind'; what: string; reason: string };

export type OnProgress = (progress: Progress) => void;
