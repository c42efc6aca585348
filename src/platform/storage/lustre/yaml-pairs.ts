import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** Key and value, in the order in which they were written; no value where others are below it. */
export type YamlPair = readonly [key: string, value: string | undefined];

/**
 * The pairs of a YAML text at all depths, one after the other. What is no YAML, as some versions of
 * `lfs` print it, is read line by line instead.
 */
export function yamlPairs(text: string): YamlPair[] {
  const document = parseDocument(text, { uniqueKeys: false, schema: 'failsafe' });
  const pairs = document.errors.length === 0 ? [...pairsOf(document.contents)] : [];
  return pairs.length > 0 ? pairs : linePairs(text);
}

function* pairsOf(node: unknown): Generator<YamlPair> {
  if (isSeq(node)) {
    for (const item of node.items) yield* pairsOf(item);
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      yield [name, isScalar(value) && value.value !== '' ? String(value.value) : undefined];
      yield* pairsOf(value);
    }
  }
}

function linePairs(text: string): YamlPair[] {
  return [...text.matchAll(/([A-Za-z_][\w.]*):(?:[ \t]+([^\s,{}]+))?/g)].map(
    ([, key = '', value]) => [key, value],
  );
}
