import { exitCodes } from './exit-codes.ts';

/**
 * Ends the process when nobody reads its output any more (`… | head`), without a word, as other tools
 * do: what is under way is torn down as on SIGTERM. Output that is lost otherwise (a full disk) ends nothing,
 * but is told, by a word on stderr and the exit code.
 */
export function endWhenOutputIsClosed(): void {
  let lost = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: of a terminal that is gone; what goes on has to be torn down first.
      if (error.code === 'EIO') return;
      if (error.code === 'EPIPE') {
        if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
        else process.exit(exitCodes.closedOutput);
      } else if (!lost) {
        lost = true;
        process.once('exit', () => (process.exitCode ||= exitCodes.cannotStart));
        if (stream === process.stdout) console.error(`output is lost: ${error.message}`);
      }
    });
  }
}
