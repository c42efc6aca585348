import type { WarningKind } from './warning.ts';

/** What was different when the run was resumed. */
export const resumed: WarningKind = ({ run }) => run.environment.resumed ?? [];
