/** One item for a terminal: what was asked, what every answer scored, what was written. Pure text. */
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, MonteCarlo, Ranking, Response, ViewResponse } from '../../core/response.ts';
import { rightShare } from '../../metrics/headline-metric.ts';
import type { StoredQuestion, StoredView } from '../../store/records/stored-question.ts';
import { afterText } from '../items/sample-data.ts';
import { textTable, wrapText } from './text-table.ts';

const INDENT = '  ';

export interface ItemFrame {
  /** Why the run does not store the question; shown in its place. */
  readonly withoutText: string;
  /** The metric by which the run is shown; null where no item has a score. */
  readonly headline: string | null;
}

/**
 * @param question null where the run does not store it
 * @param columns  of the terminal
 */
export function itemText(
  record: ItemRecord,
  question: StoredQuestion | null,
  { withoutText, headline }: ItemFrame,
  columns: number,
): string {
  const { id, index, score, response } = record;
  const lines = [`${shown(id)} (item ${index})`, ...verdictLines(score, headline)];
  lines.push('', ...(question === null ? [`(${withoutText})`] : questionLines(question, score, columns)), '');
  return `${[...lines, ...responseLines(response, score, columns)].join('\n')}\n`;
}

/** Control characters as their pictures: a text must not move the cursor or change colours. */
export function shown(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd').replaceAll(/(?![\t\n])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

function verdictLines(score: ItemRecord['score'], headline: string | null): string[] {
  if (score.kind === 'unscored') return [`unscored: ${score.code}: ${shown(score.reason)}`];
  const right = rightShare(headline)(score.values);
  const verdict = right === null ? [] : [right === 1 ? 'right' : right === 0 ? 'wrong' : 'partly right'];
  // Where nothing is chosen there is one answer, and its number says nothing.
  const choice = score.answer === null ? [] : [`chose answer ${score.answer}, answer ${score.gold} is right`];
  const said = [...verdict, ...choice].join(': ') || 'scored';
  return [
    `${said}${score.undecided ? ', undecided within Monte-Carlo noise' : ''}`,
    ...Object.entries(score.values).map(([metric, value]) => `${INDENT}${metric} ${value}`),
    ...Object.entries(score.verdicts ?? {}).map(([view, verdicts]) => `${INDENT}view ${view}: ${verdicts.join(', ')}`),
  ];
}

function questionLines(question: StoredQuestion, score: ItemRecord['score'], columns: number): string[] {
  const { kind, answers, gold, views } = question;
  const [first] = views;
  const chosen = score.kind === 'scored' ? score.answer : null;
  const others = views.slice(1).filter(({ context }) => context !== first?.context);
  const after = afterText(first?.alternatives[0] ?? []);
  const lines = ['question', ...promptLines(first, kind === 'choose', columns)];
  for (const { name, context } of others) lines.push('', `question, view ${name}`, block(context, columns));
  if (kind !== 'choose') {
    lines.push('', kind === 'fill' ? 'right answer' : 'reference', ...answers.map((answer) => block(answer, columns)));
    if (after !== '') lines.push('', 'after the answer', block(after, columns));
    return lines;
  }
  return [...lines, '', ...answers.map((answer, at) => choiceLine(answer, at, { gold, chosen }, columns))];
}

/** The context; where choices differ in more than the answer, the text of each with what is scored in double brackets. */
function promptLines(view: StoredView | undefined, isChoice: boolean, columns: number): string[] {
  const { context = '', alternatives = [] } = view ?? {};
  if (!isChoice || alternatives.every((pieces) => pieces.every(({ scored }) => scored)))
    return [block(context, columns)];
  const texts = alternatives.map((pieces, at) => {
    const text = pieces.map((piece) => (piece.scored ? `⟦${piece.text}⟧` : piece.text)).join('');
    return block(`${at}: ${text}`, columns);
  });
  return [...(context === '' ? [] : [block(context, columns)]), ...texts];
}

function choiceLine(
  answer: string,
  at: number,
  { gold, chosen }: { readonly gold: number; readonly chosen: number | null },
  columns: number,
): string {
  const marks = [...(at === gold ? ['right'] : []), ...(at === chosen ? ['chosen'] : [])];
  const head = `${INDENT}${at}${marks.length === 0 ? '' : ` [${marks.join(', ')}]`}  `;
  return wrapText(head + shown(answer), columns, INDENT.repeat(3));
}

function responseLines(response: Response, score: ItemRecord['score'], columns: number): string[] {
  if (response.kind === 'unanswered') return [`unanswered: ${response.code}: ${shown(response.reason)}`];
  const cost = `${response.nfe} sequences through the network`;
  if (response.kind === 'written') return [cost, ...writtenLines(response, columns)];
  return [cost, ...Object.entries(response.views).flatMap(([name, view]) => viewLines(name, view, score))];
}

function viewLines(name: string, view: ViewResponse, score: ItemRecord['score']): string[] {
  const rows = view.alternatives.map((alternative, at) => alternativeRow(alternative, at, score));
  return [
    '',
    `view ${name}`,
    textTable(['answer', 'tokens', 'exact', 'scores in nats'], rows, { right: [0, 1] }).trimEnd(),
    ...Object.entries(view.rankings).flatMap(([ranking, result]) =>
      result === undefined ? [] : [rankingLine(ranking, result)],
    ),
  ];
}

function writtenLines({ views, refused = {} }: Extract<Response, { kind: 'written' }>, columns: number): string[] {
  const missing = Object.entries(refused).map(([name, { code, reason }]) => `view ${name}: ${code}: ${shown(reason)}`);
  const texts = Object.entries(views).flatMap(([name, written]) =>
    written.flatMap(({ steps, draw, text, tokens, nfe }) => {
      const how = steps === null ? 'left to right' : `T = ${steps}, draw ${draw}`;
      return ['', `view ${name}, ${how}, ${tokens} tokens, ${nfe} passes:`, block(text, columns)];
    }),
  );
  return [...texts, ...(missing.length === 0 ? [] : ['', ...missing])];
}

function rankingLine(name: string, { best, runnerUp, margin, stderr }: Ranking): string {
  const lead = runnerUp === null ? '' : ` before ${runnerUp} by ${short(margin)} ± ${short(stderr)}`;
  return `${INDENT}${name}: answer ${best}${lead}`;
}

function alternativeRow({ quantities, tokens, exact }: AlternativeScore, at: number, score: ItemRecord['score']) {
  const scores = (Object.entries(quantities) as [string, MonteCarlo][]).map(
    ([name, { value, stderr }]) => `${name} ${short(value)}${stderr > 0 ? ` ± ${short(stderr)}` : ''}`,
  );
  const isChosen = score.kind === 'scored' && score.answer === at;
  const isGold = score.kind === 'scored' && score.answer !== null && score.gold === at;
  const marks = `${isGold ? 'right ' : ''}${isChosen ? 'chosen ' : ''}`;
  return [marks + String(at), String(tokens), exact ? 'yes' : 'no', scores.join('\n')];
}

/** A text in lines of its own, indented; one that is empty says so. */
function block(text: string, columns: number): string {
  if (text === '') return `${INDENT}(nothing)`;
  return wrapText(shown(text), columns - INDENT.length)
    .split('\n')
    .map((line) => INDENT + line)
    .join('\n');
}

const short = (x: number): string => x.toPrecision(5);
