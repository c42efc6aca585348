export { analyseRun, type ReportOptions, writeReport } from './report.ts';
export { writeCapacityPicture } from './capacity-picture.ts';
