// Loaded before a program (`node --import`): writes how many bytes it had resident at its peak into
// the file that VIRTGAUGE_BENCH_PEAK names. Not getrusage(2): its maximum counts what the parent held
// when it forked.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  writeFileSync(process.env.VIRTGAUGE_BENCH_PEAK ?? '', String(Number(peak) * 1024));
});
