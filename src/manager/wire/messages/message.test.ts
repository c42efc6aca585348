import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyBody, anyHeader, bodyOf, dataOf, kinds } from './bodies.example.ts';
import { join, joined, publishedSchema, secret } from './documents.ts';
import { namespace, readMessage, writeMessage } from './message.ts';
import { writeShape } from './shape.ts';
import { lint, schemaFile } from './xmllint.example.ts';

const schema = 'cluster.xsd';
const head = { session: 's', sequence: 1, sender: 'a', receiver: 'b', time: 1 };
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;

it('the published schema is that of the code', async () => {
  await expect(publishedSchema()).toMatchFileSnapshot(schemaFile(schema));
});

describe('messages', () => {
  it('read as they were written', () => {
    fc.assert(
      fc.property(anyHeader, anyBody, (header, body) => {
        const written = writeMessage({ header, body });
        expect(readMessage(Buffer.from(written))).toEqual({ header, body });
      }),
    );
  });

  it('of every kind keep the published schema, as xmllint has it', () => {
    const documents = kinds.flatMap((kind) =>
      fc
        .sample(fc.tuple(anyHeader, bodyOf(kind)), { seed: 1, numRuns: 8 })
        .map(([header, body]) => writeMessage({ header, body })),
    );
    const others = Object.entries({ join, joined, secret }).map(([name, members]) => {
      const [data = {}] = fc.sample(dataOf(members), { seed: 1, numRuns: 1 });
      return writeShape(name, members, data, namespace);
    });
    expect(documents.length).toBeGreaterThan(100);
    lint(schema, [...documents, ...others]);
  });

  it('that the schema does not have are refused by xmllint too', () => {
    const bad = writeMessage({ header: head, body: { kind: 'revoke', name: 'a' } });
    expect(() => lint(schema, [bad.replace('name="a"', 'name="a b"')])).toThrow(/name/);
    expect(() => lint(schema, [bad.replaceAll('revoke', 'explode')])).toThrow(/explode/);
  });
});

describe('refuses', () => {
  const text = writeMessage({
    header: head,
    body: { kind: 'command', id: 'c', step: 'start', guest: 'web' },
  });
  const read = (changed: string) => () => readMessage(Buffer.from(changed));

  it.each([
    ['an unknown command', text.replace('step="start"', 'step="format"')],
    ['an unknown message', text.replaceAll('command ', 'explode ')],
    ['a guest name that is a command line', text.replace('"web"', '"web; reboot"')],
    ['a guest name that a shell would expand', text.replace('"web"', '"$(reboot)"')],
    ['a guest name that leaves its folder', text.replace('"web"', '"../web"')],
    ['a guest name that is an option', text.replace('"web"', '"-web"')],
    ['a missing attribute', text.replace(' guest="web"', '')],
    ['an attribute too many', text.replace('guest=', 'shell="1" guest=')],
    ['an element too many', text.replace('/></message>', '><spec/></command></message>')],
    ['two bodies', text.replace('</message>', '<ok/></message>')],
    ['no body', text.replace(/><command.*$/, '/>')],
    ['another namespace', text.replace(namespace, 'urn:other')],
    ['a body in another namespace', text.replace('<command', '<command xmlns="urn:other"')],
    ['a number that is none', text.replace('sequence="1"', 'sequence="1e3"')],
    ['a number below 0', text.replace('sequence="1"', 'sequence="-1"')],
    ['a number that is not exact', text.replace('sequence="1"', 'sequence="9007199254740993"')],
  ])('%s', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(read(changed)).toThrow(refusal('not in the schema'));
  });

  it('a message named as JavaScript names things, and text', () => {
    expect(read(text.replaceAll('command ', 'toString '))).toThrow(refusal('malformed'));
    expect(read(text.replace('<command', 'x<command'))).toThrow(refusal('malformed'));
  });
});
