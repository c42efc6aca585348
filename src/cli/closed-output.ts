import { exitCodes } from './exit-codes.ts';

/**
 * Ends the process when nobody reads its output any more (`… | head`), without a word, as other tools
 * do: what is under way is torn down as on SIGTERM.
 */
export function endWhenOutputIsClosed(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: of a terminal that is gone; what goes on has to be torn down first.
      if (error.code === 'EIO') return;
      if (error.code !== 'EPIPE') throw error;
      if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
      else process.exit(exitCodes.closedOutput);
    });
  }
}
