import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xml } from './element.ts';
import { limits } from './limits.ts';
import { parseDocument } from './parse.ts';
import { escapeText, speakable, unescapeText } from './text.ts';

const parse = (text: string) => parseDocument(Buffer.from(text));
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;

describe('parseDocument', () => {
  it('gives elements, attributes and text', () => {
    const { name, attributes, children } = parse('<a x="1" y="&lt;&#10;"><b/><c>d &amp; e</c></a>');
    expect(name).toBe('a');
    expect([...attributes]).toEqual([
      ['x', '1'],
      ['y', '<\n'],
    ]);
    expect(children.map((each) => [each.name, each.text])).toEqual([
      ['b', ''],
      ['c', 'd & e'],
    ]);
  });

  it('gives what was written, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (attribute, text) => {
        const content = escapeText(text);
        const element = parse(xml('a', { x: attribute }, content));
        expect(element.attributes.get('x')).toBe(speakable(attribute));
        expect(element.text).toBe(speakable(text));
      }),
    );
  });

  it.each([
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity bomb', `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(9)}">]><a>&b;&b;</a>`],
    ['a document type alone', '<!DOCTYPE a><a/>'],
    ['a lower-case document type', '<!doctype a><a/>'],
    ['an entity without a declaration', '<a>&x;</a>'],
    ['an entity in an attribute', '<a x="&x;"/>'],
    ['a character reference', '<a>&#65;</a>'],
    ['a comment', '<a><!-- b --></a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['a declaration', '<?xml version="1.0"?><a/>'],
    ['a style sheet', '<?xml-stylesheet href="x"?><a/>'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(refusal('not permitted in XML'));
  });

  it.each([
    ['nothing', ''],
    ['text', 'abc'],
    ['an open element', '<a><b></a>'],
    ['two roots', '<a/><b/>'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['an attribute without quotes', '<a x=1/>'],
    ['an attribute without a value', '<a x/>'],
    ['text beside elements', '<a>x<b/></a>'],
    ['white space between elements', '<a> <b/></a>'],
    ['white space in a tag', '<a ></a>'],
    ['single quotes', "<a x='1'/>"],
    ['an end tag of nothing', '<a/></a>'],
    ['something behind the root', '<a/>x'],
    ['an element without its end', '<a>'],
    ['half a tag', '<a'],
    ['a control character', '<a>\u0001</a>'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(refusal('malformed'));
  });

  it('refuses what is no UTF-8', () => {
    expect(() => parseDocument(Buffer.from('<a>\xff</a>', 'latin1'))).toThrow(refusal('malformed'));
    expect(() => parseDocument(Buffer.from('<a/>', 'utf16le'))).toThrow();
  });

  it('refuses what is too large, too deep, or has too many elements', () => {
    expect(() => parseDocument(new Uint8Array(100e6))).toThrow(refusal('too large'));
    expect(() => parse('<a>'.repeat(100_000))).toThrow(refusal('too deep'));
    const many = '<b/>'.repeat(limits.elements);
    expect(() => parse(`<a>${many}</a>`)).toThrow(refusal('too large'));
    const inner = limits.depth - 1;
    const deepest = `${'<a>'.repeat(inner)}<a/>${'</a>'.repeat(inner)}`;
    expect(() => parse(deepest)).not.toThrow();
    expect(() => parse(`<a>${deepest}</a>`)).toThrow(refusal('too deep'));
  });

  it('refuses attributes that JavaScript has names for', () => {
    for (const name of ['constructor', '__proto__', 'prototype']) {
      expect(() => parse(`<a ${name}="1"/>`)).toThrow(refusal('malformed'));
    }
  });

  it('never throws anything but a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('<>/a="& !?x;')) }), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect((error as Error).name).toBe('Refusal');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('unescapes what it has escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unescapeText(escapeText(text))).toBe(speakable(text));
    }),
  );
});
