// Loaded before a program that is started with a channel to its parent (`node --expose-gc --import`): to
// each message it answers with the bytes that are still in use once all garbage is collected. What a
// process has resident says less: how much garbage V8 lets lie depends on how busy the machine is.
import { memoryUsage } from 'node:process';

const { gc } = globalThis;
const { channel } = process;
if (gc === undefined || !channel) throw new Error('expected --expose-gc and a channel');

process.on('message', () => {
  gc();
  const { heapUsed, external } = memoryUsage();
  process.send?.(heapUsed + external);
});
// The program ends when it has nothing to do.
channel.unref();
