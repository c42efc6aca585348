import type { Gate } from '../../analysis/gate/gate.ts';
import type { ReportFile } from './exporter.ts';

/** One form in which a gate is handed to other programs. */
export type GateExporter = (gate: Gate) => ReportFile[];
