import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { errorOf } from '../../base/yaml/finding.ts';
import { expectation, findingsOf } from '../../base/yaml/issues.ts';
import { parseYaml } from '../../base/yaml/parse-yaml.ts';
import { duration, identifier, orderedIdentifier } from '../../base/yaml/quantities.ts';
import { readSource, type Read } from '../../base/yaml/read-source.ts';
import { plain } from '../../base/yaml/tree.ts';
import type { Place } from '../../platform/front/front.ts';
import { parseAddressRange } from '../../platform/remote/inventory/address-range.ts';
import { sharingPolicies, usualRules, type SharingPolicyName } from '../cluster/sharing/index.ts';

const policies = Object.keys(sharingPolicies) as SharingPolicyName[];

const place = z
  .string()
  .regex(/^[\d.]{7,15}:\d{1,5}$/, 'expected ADDRESS:PORT, IPv4, such as 192.0.2.100:80')
  .transform((text, context): Place => {
    const [address = '', port = ''] = text.split(':');
    if (isIPv4(address) && Number(port) >= 1 && Number(port) <= 65_535) {
      return { address, port: Number(port) };
    }
    context.addIssue({ code: 'custom', message: 'expected ADDRESS:PORT, IPv4' });
    return z.NEVER;
  });

const range = z.string().transform((text, context) => {
  const found = parseAddressRange(text);
  if (found !== undefined) return found;
  const message = 'expected FIRST-LAST/PREFIX in one network, such as 192.0.2.200-192.0.2.220/24';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const service = z.strictObject({
  address: place.describe('Where clients ask: an address of the director.'),
  guest: identifier.describe('Guest of the cluster that serves, with an address of its own.'),
  capacity: z.number().positive().max(1e6).describe('Requests a second that it can do.'),
});

/** Services behind one director, and how they help each other. */
const declarationSchema = z
  .strictObject({
    director: identifier.describe('Host of the inventory that has ipvsadm.'),
    forwarding: z.enum(['dr', 'nat']).default('dr').describe('How packets reach servers.'),
    policy: z.enum(policies).default('ma2scf-reconstructed').describe('Who helps.'),
    threshold: z
      .number()
      .min(0.1)
      .max(1)
      .default(usualRules.threshold)
      .describe('Asked for more than this share of its capacity, a service needs help.'),
    hysteresis: z
      .number()
      .min(0)
      .max(1)
      .default(usualRules.hysteresis)
      .describe('How far below it demand has to fall before help goes back.'),
    interval: duration.default(1).describe('Between two looks at the counters of the director.'),
    drain: duration.default(30).describe('For open connections of a server that is taken away.'),
    addresses: range.describe('FIRST-LAST/PREFIX, IPv4: for the guests that help.'),
    services: z
      .record(orderedIdentifier, service)
      .refine((all) => Object.keys(all).length >= 2, { message: 'expected at least two services' }),
  })
  .refine(({ hysteresis, threshold }) => hysteresis <= threshold, {
    path: ['hysteresis'],
    message: 'expected at most the threshold',
  });

export type Declaration = z.infer<typeof declarationSchema>;

const wanted = { noun: 'declaration of services', missing: 'docs/sharing.md has an example' };

/**
 * Reads a declaration of services.
 * @throws UserError with every problem that could be seen at once, each with its position
 */
export function readDeclaration(path: string, read?: Read): Declaration {
  const source = readSource(path, wanted, read);
  const tree = parseYaml(source);
  if (tree === undefined) {
    const span = { source, start: 0, end: 0 };
    throw errorOf([{ span, message: 'expected services, got an empty file' }]);
  }
  const parsed = declarationSchema.safeParse(plain(tree), { error: expectation });
  if (!parsed.success) throw errorOf(findingsOf(parsed.error.issues, tree, declarationSchema));
  return parsed.data;
}
