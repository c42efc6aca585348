import type { GuestControl } from '../guest/control/control.ts';
import type { Forwarding, Front, Place } from './front.ts';
import { parseIpvs } from './parse-ipvs.ts';

/** Weights of IPVS are 16 bits wide. */
const mostWeight = 65_535;
/** Seconds for one command. */
const limit = 30;

/**
 * IPVS of a Linux that is the director, through ipvsadm. Connections are handed on by weighted round
 * robin. Rates are the kernel's own estimates, which follow a change within some seconds (every two
 * seconds a quarter of the way).
 * @param control of the director
 */
export function ipvsFront(
  control: Pick<GuestControl, 'run'>,
  { forwarding }: { forwarding: Forwarding },
): Front {
  const how = forwarding === 'dr' ? '--gatewaying' : '--masquerading';
  const ipvsadm = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await control.run(['ipvsadm', ...args], { timeout: limit });
    if (code === 0) return stdout;
    throw new Error(`ipvsadm ${args.join(' ')}: ${stderr.trim() || `code ${code}`}`);
  };
  return {
    async addService(service) {
      await ipvsadm('--add-service', '--tcp-service', text(service), '--scheduler', 'wrr');
    },
    async removeService(service) {
      await ipvsadm('--delete-service', '--tcp-service', text(service));
    },
    async addServer(service, server, weight) {
      await ipvsadm('--add-server', ...both(service, server), how, ...weighing(weight));
    },
    async setWeight(service, server, weight) {
      await ipvsadm('--edit-server', ...both(service, server), how, ...weighing(weight));
    },
    async removeServer(service, server) {
      await ipvsadm('--delete-server', ...both(service, server));
    },
    async services() {
      const list = 'ipvsadm --list --numeric --exact';
      // In one go: under emulation, starting programs takes the most time.
      const both = `${list}; echo; ${list} --rate`;
      const { code, stdout, stderr } = await control.run(['sh', '-ec', both], { timeout: limit });
      if (code !== 0) throw new Error(`${list}: ${stderr.trim() || `code ${code}`}`);
      const [now = '', rates = ''] = stdout.split('\n\n');
      return parseIpvs(now, rates);
    },
  };
}

function text({ address, port }: Place): string {
  return `${address}:${port}`;
}

function both(service: Place, server: Place): string[] {
  return ['--tcp-service', text(service), '--real-server', text(server)];
}

/** A server that shall have some load gets some. */
function weighing(weight: number): string[] {
  const whole = weight <= 0 ? 0 : Math.max(1, Math.min(mostWeight, Math.round(weight)));
  return ['--weight', String(whole)];
}
