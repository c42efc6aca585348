import { QmpError } from '../qmp.ts';

// Above the range from which Linux takes ports for outgoing connections (32768 to 60999).
const firstPort = 61_000;
const lastPort = 65_535;
const attempts = 20;

/**
 * Lets QEMU listen on a free port: not every version tells which one it got for port 0, so one is
 * chosen, and another if that is in use.
 * @param listen asks QEMU to listen on a port
 * @returns the port
 */
export async function listenOnFreePort(
  listen: (port: number) => Promise<unknown>,
  random: () => number = Math.random,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = firstPort + Math.floor(random() * (lastPort - firstPort + 1));
    try {
      await listen(port);
      return port;
    } catch (error) {
      const taken = error instanceof QmpError && /in use/i.test(error.message);
      if (!taken || attempt === attempts) throw error;
    }
  }
}
