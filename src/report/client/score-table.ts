/** The scores of one model on one view: a row an alternative, a column a ranking, margins at the foot. */
import type { SampleModel, SampleQuestion, SampleView } from '../items/sample-data.ts';
import { type ScoreColumn, scoreColumns } from '../items/score-rows.ts';
import { el, headedRow, letter, number, scrolling } from './dom.ts';

export function scoreTable(
  view: SampleView,
  isNamed: boolean,
  question: SampleQuestion | null,
  { ranked, name }: SampleModel,
  gold: number,
): HTMLElement[] {
  const columns = scoreColumns(view, question);
  const isChoice = view.tokens.length > 1;
  const head = el(
    'tr',
    el('th', { scope: 'col' }, isChoice ? 'Choice' : 'Answer'),
    el('th.num', { scope: 'col' }, 'Tokens'),
    ...columns.map((column) => {
      const decides = column.name === ranked && isChoice && el('small', 'decides');
      return el('th.num', { scope: 'col' }, columnName(column.name), decides);
    }),
  );
  const rows = view.tokens.map((tokens, at) => scoreRow(columns, tokens, at, isChoice, gold, view.greedy[at] ?? null));
  const title = `${isNamed ? `View ${view.name}: scores` : 'Scores'} in nats${view.exact ? ', exact' : ' ± Monte-Carlo error'}`;
  const table = el('table.scores', el('caption', el('span', title)), el('thead', head), el('tbody', rows));
  if (isChoice && columns.some(({ ranking }) => ranking !== null)) table.append(el('tfoot', marginRow(columns)));
  return [scrolling(`Scores of ${name}`, table)];
}

function scoreRow(
  columns: readonly ScoreColumn[],
  tokens: number,
  at: number,
  isChoice: boolean,
  gold: number,
  greedy: boolean | null,
): HTMLElement {
  const label = isChoice
    ? `${letter(at)}${at === gold ? ' ✓' : ''}`
    : greedy === null
      ? 'right answer'
      : greedy
        ? 'written greedily'
        : 'not written greedily';
  const cells = columns.map(({ values, errors, ranking }) => {
    const value = values[at] ?? null;
    const isBest = ranking?.[0] === at && isChoice;
    const text = value === null ? '–' : number(value);
    return el(isBest ? 'td.num.best' : 'td.num', isBest ? `● ${text}` : text, noise(errors?.[at] ?? 0));
  });
  const row = headedRow(label, el('td.num', String(tokens)), ...cells);
  row.classList.toggle('gold', at === gold && isChoice);
  return row;
}

function marginRow(columns: readonly ScoreColumn[]): HTMLElement {
  const cells = columns.map(({ ranking }) => {
    if (ranking === null || ranking[1] === null) return el('td.num', '–');
    const [, , margin, error] = ranking;
    return el('td.num', number(margin, 3), noise(error), margin < 2 * error && el('small', 'undecided'));
  });
  return headedRow('Margin', el('td'), ...cells);
}

/** Monte-Carlo error; nothing where a score is exact. */
const noise = (error: number): HTMLElement => el('span.interval', error > 0 ? ` ± ${number(error, 2)}` : '');

const QUANTITIES: Readonly<Record<string, string>> = {
  loglikelihood: 'log-likelihood',
  nelbo: 'NELBO',
  marginal: '−log-likelihood',
  likelihood: '−log-likelihood',
};
const PER: Readonly<Record<string, string>> = {
  sum: 'total',
  mean: 'per token',
  byte: 'per byte',
  char: 'per character',
};

function columnName(name: string): (HTMLElement | string)[] {
  const [quantity = '', normalisation = ''] = name.split('/');
  const [base = '', steps] = quantity.split('@');
  const spelt = (QUANTITIES[base] ?? base) + (steps === undefined ? '' : `, T = ${steps}`);
  return [spelt, el('small', PER[normalisation] ?? 'total')];
}
