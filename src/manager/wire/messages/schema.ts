import type { Scalar } from './scalars.ts';
import type { Members } from './shape.ts';

/** An element, and in XSD's own words what it holds before the children of its shape. */
export interface Root {
  readonly members: Members;
  readonly holds?: string;
}

/** The XSD of these elements, in the order given. */
export function schemaOf(namespace: string, roots: Readonly<Record<string, Root>>): string {
  const types = new Map<string, string>();
  const elements = Object.entries(roots).map(([name, { members, holds = '' }]) => {
    return `<xs:element name="${name}">${content(members, types, holds)}</xs:element>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified">
${[...types.values(), ...elements].map((each) => `  ${each}`).join('\n')}
</xs:schema>
`;
}

function content(members: Members, types: Map<string, string>, holds: string): string {
  let [children, attributes] = [holds, ''];
  for (const [key, member] of Object.entries(members)) {
    if (member.is === 'scalar' || member.is === 'maybe') {
      const scalar = (member.is === 'maybe' ? member.of : member) as Scalar<unknown>;
      types.set(scalar.type, scalar.definition);
      const use = member.is === 'maybe' ? '' : ' use="required"';
      attributes += `<xs:attribute name="${key}" type="${scalar.type}"${use}/>`;
    } else {
      const times = member.is === 'list' ? 'minOccurs="0" maxOccurs="unbounded"' : 'minOccurs="0"';
      const inner = content(member.of as Members, types, '');
      children += `<xs:element name="${member.element}" ${times}>${inner}</xs:element>`;
    }
  }
  const sequence = children === '' ? '' : `<xs:sequence>${children}</xs:sequence>`;
  return `<xs:complexType>${sequence}${attributes}</xs:complexType>`;
}
