/** The scores of one model on one view: a row an alternative, a column a ranking, margins at the foot. */
import type { SampleModel, SampleQuestion, SampleView } from '../items/sample-data.ts';
import { type ScoreColumn, scoreColumns } from '../items/score-rows.ts';
import { el, letter, number } from './dom.ts';

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
    {},
    el('th', { scope: 'col' }, isChoice ? 'Choice' : 'Answer'),
    el('th', { scope: 'col', class: 'num' }, 'Tokens'),
    columns.map((column) =>
      el(
        'th',
        { scope: 'col', class: 'num' },
        columnName(column.name),
        column.name === ranked && isChoice && el('small', {}, 'decides'),
      ),
    ),
  );
  const rows = view.tokens.map((tokens, at) => scoreRow(columns, tokens, at, isChoice, gold, view.greedy[at] ?? null));
  const caption = el(
    'caption',
    {},
    el(
      'span',
      {},
      `${isNamed ? `View ${view.name}: scores` : 'Scores'} in nats${view.exact ? ', exact' : ' ± Monte-Carlo error'}`,
    ),
  );
  const table = el('table', { class: 'scores' }, caption, el('thead', {}, head), el('tbody', {}, rows));
  if (isChoice && columns.some(({ ranking }) => ranking !== null)) table.append(el('tfoot', {}, marginRow(columns)));
  return [el('div', { class: 'scroll', tabindex: 0, role: 'region', label: `Scores of ${name}` }, table)];
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
  return el(
    'tr',
    { class: at === gold && isChoice ? 'gold' : '' },
    el('th', { scope: 'row' }, label),
    el('td', { class: 'num' }, String(tokens)),
    columns.map(({ values, errors, ranking }) => {
      const [value, error] = [values[at] ?? null, errors?.[at] ?? null];
      const isBest = ranking?.[0] === at && isChoice;
      const text = value === null ? '–' : number(value);
      const noise = error === null || error === 0 ? '' : ` ± ${number(error, 2)}`;
      return el(
        'td',
        { class: isBest ? 'num best' : 'num' },
        isBest ? `● ${text}` : text,
        el('span', { class: 'interval' }, noise),
      );
    }),
  );
}

function marginRow(columns: readonly ScoreColumn[]): HTMLElement {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, 'Margin'),
    el('td', {}),
    columns.map(({ ranking }) => {
      if (ranking === null || ranking[1] === null) return el('td', { class: 'num' }, '–');
      const [, , margin, error] = ranking;
      const isOpen = error > 0 && margin < 2 * error;
      return el(
        'td',
        { class: 'num' },
        number(margin, 3),
        el('span', { class: 'interval' }, error > 0 ? ` ± ${number(error, 2)}` : ''),
        isOpen && el('small', {}, 'undecided'),
      );
    }),
  );
}

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
  return [spelt, el('small', {}, PER[normalisation] ?? 'total')];
}
