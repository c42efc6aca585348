import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';

describe('scenarioJsonSchema', () => {
  it('is what scenarios/schema/scenario.schema.json has (vitest -u writes it)', async () => {
    const file = new URL('../../../scenarios/schema/scenario.schema.json', import.meta.url);
    const text = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(fileURLToPath(file));
  });

  it('tells editors what each level of fixed means and what it is by default', () => {
    expect(scenarioJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['name', 'measure'],
      properties: {
        fixed: {
          properties: {
            provisioning: {
              enum: ['copy', 'sparse', 'clone', 'reflink'],
              default: 'clone',
              description: expect.stringContaining('full copy') as string,
            },
            memory: { default: 2 ** 28, anyOf: [{ type: 'number' }, { type: 'string' }] },
          },
        },
      },
    });
  });
});
