import { usedStorages } from '../badges.ts';
import type { WarningKind } from './warning.ts';

/** What was found of the storages that changes how results on them read. */
export const storages: WarningKind = ({ run }) =>
  usedStorages(run).flatMap(([name, { warnings = [] }]) =>
    warnings.map((text) => `Storage ${name}: ${text}${text.endsWith('.') ? '' : '.'}`),
  );
