export { escapeHtml, Html, html, trusted, visible } from '../../../base/html.ts';

/** Spaces inside figures (`3.42 s`, `n = 6`, `±5 %`) become such as no line breaks at. */
export function unbroken(text: string): string {
  return text
    .replace(
      /(\d) (?=(?:[nµm]?s|[kMGTP]?B(?:\/s)?|[kMGTP]?\/s|[KMGTP]iB|%|guests?|trials?|min|h)\b|%)/g,
      '$1\u00a0',
    )
    .replace(/\bn = (?=\d)/g, 'n\u00a0=\u00a0')
    .replace(/\bratio (?=\d)/g, 'ratio\u00a0');
}
