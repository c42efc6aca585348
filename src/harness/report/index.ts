export { analyseRun, type ReportOptions, writeReport } from './report.ts';
