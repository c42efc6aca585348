import { join } from 'node:path';
import { planBase, type Draw, type LabBase, type LabHostBase } from '../lab-plan.ts';
import { addressIn } from '../subnet.ts';

/** One host of a lab of namespaces. */
export interface LabHost extends LabHostBase {
  /** Network namespace. */
  namespace: string;
}

/** What a lab of namespaces consists of. */
export interface LabPlan extends LabBase {
  hosts: LabHost[];
}

export const mostHosts = 60;

export function planLab({ hosts, ...draw }: Draw & { hosts: number }): LabPlan {
  const base = planBase(draw);
  return {
    ...base,
    hosts: Array.from({ length: hosts }, (_, index) => {
      const name = `h${index + 1}`;
      return {
        name,
        address: addressIn(base.subnet, index + 1),
        namespace: base.switchNamespace.replace(/switch$/, name),
        port: `${base.uplink}${name}`,
        folder: join(base.folder, name),
      };
    }),
  };
}
