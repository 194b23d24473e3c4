/** A Markdown table; nothing in a cell can end it, start HTML or become a link, an image or a mention. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |\n`;
  return `${line(head)}|${head.map(() => ' --- |').join('')}\n${rows.map(line).join('')}`;
}

/** Text that Markdown shows as it is, on one line. */
export function markdownCell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_|~#@]|!(?=\[)|\](?=[([:])/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
