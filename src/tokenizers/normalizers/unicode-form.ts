import type { Edit, Rewrite } from './rewrite.ts';

const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** NFC, NFD, NFKC or NFKD. */
export function unicodeForm(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Rewrite {
  const apply = (text: string) => text.normalize(form);
  return { apply, edits: (text) => clusterEdits(text, apply) };
}

/** By user-perceived characters; as a whole where those do not give the same when they are rewritten one by one. */
function clusterEdits(text: string, apply: (text: string) => string): readonly Edit[] {
  const whole = apply(text);
  if (whole === text) return [];
  const edits: Edit[] = [];
  let joined = '';
  for (const { segment, index } of clusters.segment(text)) {
    const form = apply(segment);
    joined += form;
    if (form !== segment) edits.push({ from: index, to: index + segment.length, text: form });
  }
  return joined === whole ? edits : [{ from: 0, to: text.length, text: whole }];
}
