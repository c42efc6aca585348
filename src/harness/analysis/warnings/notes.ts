import type { WarningKind } from './warning.ts';

/** What has to be known of how the run was made. */
export const notes: WarningKind = ({ run }) => run.notes ?? [];
