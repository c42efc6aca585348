// Loaded before a program (`node --import`): writes the CPU time in seconds that the process has used
// itself, and that of all processes that it has started and seen end, with theirs, into the file that
// VIRTGAUGE_BENCH_CPU names.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  // Behind the name, which may hold anything: state is the third field, cutime and cstime 16 and 17,
  // in ticks, of which every Linux tells 100 a second.
  const [, rest = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
  const [cutime = 0, cstime = 0] = rest.split(' ').slice(13, 15).map(Number);
  const shares = { own: (user + system) / 1e6, children: (cutime + cstime) / 100 };
  writeFileSync(process.env.VIRTGAUGE_BENCH_CPU ?? '', JSON.stringify(shares));
});
