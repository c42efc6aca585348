/** What the harness adds to a job: the barrier and the bandwidth log. */
const added =
  /^(exec_prerun|write_bw_log|log_avg_msec|bwavgtime|log_unix_epoch|per_job_logs)\b.*\n/gm;

/** A job file of the harness as somebody would write it who only wants the figures. */
export function handJobFile(text: string): string {
  return text.replaceAll(added, '');
}
