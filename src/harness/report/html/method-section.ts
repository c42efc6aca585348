import type { Analysis } from '../../analysis/analysis.ts';
import { environmentFacts } from '../environment.ts';
import { methodParagraphs, methodsText } from '../method.ts';
import { type Html, html } from './template.ts';

/** Methods paragraph, environment. */
export function methodSection(analysis: Analysis): Html {
  const rows = environmentFacts(analysis).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr>`,
  );
  return html`<section id="method">
    <h2>How it was measured</h2>
    ${methodParagraphs(analysis).map((paragraph) => html`<p class="lead-text">${paragraph}</p>`)}
    <details>
      <summary>As text for a paper (a click selects all)</summary>
      <pre class="copy">${methodsText(analysis)}</pre>
    </details>
    <table class="facts">
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}
