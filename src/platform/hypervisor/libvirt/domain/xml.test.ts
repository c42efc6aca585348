import fc from 'fast-check';
import { expect, it } from 'vitest';
import { child, element, formatXml, parseXml, type Element } from './xml.ts';

const name = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/)
  .filter((text) => text !== '__proto__');
/** Any text that XML can hold at all. */
const text = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((any) => any.replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, ''));

const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc
      .tuple(name, fc.dictionary(name, text, { maxKeys: 3 }), text)
      .map(([called, attributes, said]) => element(called, attributes, said)),
    fc
      .tuple(
        name,
        fc.dictionary(name, text, { maxKeys: 3 }),
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      )
      .map(([called, attributes, children]) => element(called, attributes, children)),
  ),
}));

it('reads back what it has written, whatever stands in it', () => {
  fc.assert(
    fc.property(tree, (written) => {
      expect(parseXml(formatXml(written))).toEqual(written);
    }),
  );
});

it('writes what any reader of XML understands the same', () => {
  const written = formatXml(element('a', { b: `<"&'>\n\t` }, `x < y && z\r`));
  expect(written).toBe(
    '<a b="&lt;&quot;&amp;&apos;&gt;&#10;&#9;">x &lt; y &amp;&amp; z&#13;</a>\n',
  );
});

it.each(['\0', '\x1b', '\ufffe', '\ud800'])('refuses a character that XML cannot hold', (bad) => {
  expect(() => formatXml(element('a', { b: bad }))).toThrow('XML cannot hold the character U+');
  expect(() => formatXml(element('a', {}, bad))).toThrow('XML cannot hold the character U+');
});

it('passes over what says nothing', () => {
  const root = parseXml(`<?xml version="1.0"?>
    <!-- mine -->
    <domain type='kvm'>
      <name>a&amp;b</name> <!-- no comment -->
      <uuid/>
    </domain>`);
  expect(root.attributes).toEqual({ type: 'kvm' });
  expect(root.children.map(({ name: called }) => called)).toEqual(['name', 'uuid']);
  expect(child(root, 'name')?.text).toBe('a&b');
});

it.each(['', 'no XML', '<a>', '<a></b>', '<a/><b/>', '{"a": 1}'])('refuses %j', (bad) => {
  expect(() => parseXml(bad)).toThrow();
});
