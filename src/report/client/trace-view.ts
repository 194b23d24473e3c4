/** How a text came to be: a grid of steps and positions, for every T side by side. */
import type { SampleModel, SampleTrace, SampleTraceStep } from '../items/sample-data.ts';
import { el, number } from './dom.ts';

/** Shades of confidence, least first; `.c0` to `.c5` of the style sheet. */
const SHADES = 6;

export function traceGrids(traces: readonly SampleTrace[], { name }: SampleModel): HTMLElement[] {
  if (traces.length === 0) return [];
  return [
    el('h4', {}, 'Denoising steps'),
    legend(),
    el(
      'div',
      { class: 'traces' },
      traces.map((trace) => traceFigure(trace, name)),
    ),
  ];
}

function legend(): HTMLElement {
  const shades = Array.from({ length: SHADES }, (_, shade) =>
    el('span', { class: `shade c${shade}` }, String(Math.round((100 * shade) / (SHADES - 1)))),
  );
  return el(
    'p',
    { class: 'note trace-legend' },
    'Confidence in percent: ',
    shades,
    ' A thick frame and bold text mark what a step reveals; grey italics is a proposal that stays masked. Focus or point at a cell for its number; arrow keys move.',
  );
}

function traceFigure(trace: SampleTrace, model: string): HTMLElement {
  const { steps, draw, view, positions, path, rankCorrelation, lane } = trace;
  const correlation =
    rankCorrelation === null
      ? 'has no value: all places were revealed in one step'
      : `${number(rankCorrelation, 2)} (1 = left to right)`;
  const readout = el('p', { class: 'readout', role: 'status' }, 'No cell chosen.');
  const table = el(
    'table',
    { class: 'trace' },
    traceHead(trace),
    el('tbody', {}, traceRows(trace)),
    el('tfoot', {}, footRows(trace)),
  );
  table.querySelector('td')?.setAttribute('tabindex', '0');
  table.addEventListener('focusin', ({ target }) => say(readout, target));
  table.addEventListener('mouseover', ({ target }) => say(readout, target));
  table.addEventListener('keydown', moveFocus);
  const title = `T = ${steps}${draw === 0 ? '' : `, draw ${draw}`}`;
  return el(
    'figure',
    { class: 'trace-figure' },
    el(
      'figcaption',
      {},
      el('b', {}, title),
      ` view ${view}; ${positions.length} tokens in ${path.length} pass${path.length === 1 ? '' : 'es'}. Rank correlation of reveal order with position: ${correlation}.`,
    ),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', label: `Steps of ${model}, ${title}` }, table),
    readout,
    ...laneParts(lane, positions.length),
  );
}

function traceHead({ positions }: SampleTrace): HTMLElement {
  return el(
    'thead',
    {},
    el(
      'tr',
      {},
      el('th', { scope: 'col' }, 'Step'),
      positions.map((position) => el('th', { scope: 'col' }, String(position))),
    ),
  );
}

function traceRows(trace: SampleTrace): HTMLElement[] {
  const placed = new Map<number, string>();
  return trace.path.map((step) => stepRow(trace, step, placed));
}

/** @param placed texts that earlier steps revealed, by place; gets those of this one */
function stepRow(
  { steps, positions, pieces }: SampleTrace,
  step: SampleTraceStep,
  placed: Map<number, string>,
): HTMLElement {
  const at = new Map(step.places.map((place, i) => [place, i]));
  const revealed = new Set(step.revealed);
  const count = steps - step.remaining;
  const cells = positions.map((position, place) => {
    const proposal = at.get(place);
    const before = placed.get(place);
    if (before !== undefined && !revealed.has(place))
      return cell('kept', before, `${spelt(before)}: revealed before step ${count}`);
    if (proposal === undefined) return cell('masked', '·', `position ${position}: masked, nothing proposed`);
    const piece = pieces[step.tokens[proposal] ?? -1] ?? '';
    const permille = step.permille[proposal] ?? 0;
    const isNew = revealed.has(place);
    if (isNew) placed.set(place, piece);
    const shade = Math.min(SHADES - 1, Math.round(((SHADES - 1) * permille) / 1000));
    const words = `step ${count}, position ${position}: ${spelt(piece)}, ${(permille / 10).toFixed(1)} percent, ${isNew ? 'revealed' : 'proposed, stays masked'}`;
    return cell(`${isNew ? 'revealed' : 'proposed'} c${shade}`, piece, words);
  });
  return el('tr', {}, el('th', { scope: 'row' }, String(count)), cells);
}

function cell(kind: string, piece: string, words: string): HTMLElement {
  return el('td', { class: kind, tabindex: -1, label: words }, spelt(piece));
}

/** Per position, in which step it was revealed. */
function footRows({ steps, positions, path }: SampleTrace): HTMLElement[] {
  const orderOf = new Map(
    path.flatMap(({ remaining, revealed }) => revealed.map((place) => [place, steps - remaining] as const)),
  );
  return [
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, 'order'),
      positions.map((_, place) => el('td', {}, String(orderOf.get(place) ?? '–'))),
    ),
  ];
}

function laneParts(lane: SampleTrace['lane'], places: number): HTMLElement[] {
  if (lane === null)
    return [el('p', { class: 'note' }, 'No stored record has a left-to-right model’s log-probabilities of this text.')];
  const aligned = lane.logprobs.length === places ? '' : ' (its tokens are not those of the grid)';
  const cells = lane.logprobs.map((value) =>
    el('td', { class: `c${Math.min(SHADES - 1, Math.round((SHADES - 1) * Math.exp(value)))}` }, number(value, 3)),
  );
  const table = el(
    'table',
    { class: 'trace' },
    el('tbody', {}, el('tr', {}, el('th', { scope: 'row' }, 'nats'), cells)),
  );
  return [
    el(
      'p',
      { class: 'note' },
      'Log-probability of each token left to right, by ',
      el('bdi', {}, lane.model),
      `${aligned}:`,
    ),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', label: `Log-probabilities by ${lane.model}` }, table),
  ];
}

function say(readout: HTMLElement, target: EventTarget | null): void {
  const words = target instanceof Element ? target.closest('td')?.getAttribute('aria-label') : null;
  if (words != null) readout.textContent = words;
}

/** Arrow keys go from cell to cell; one cell of a grid at a time is a stop of the Tab key. */
function moveFocus(event: KeyboardEvent): void {
  const from = event.target instanceof Element ? event.target.closest('td') : null;
  const to = from === null ? null : neighbour(from, event.key);
  if (!(to instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  from?.setAttribute('tabindex', '-1');
  to.setAttribute('tabindex', '0');
  to.focus();
}

function neighbour(cell: HTMLTableCellElement, key: string): Element | null {
  const row = cell.parentElement;
  if (key === 'ArrowLeft') return cell.previousElementSibling?.tagName === 'TD' ? cell.previousElementSibling : null;
  if (key === 'ArrowRight') return cell.nextElementSibling;
  if (key === 'ArrowUp') return row?.previousElementSibling?.children[cell.cellIndex] ?? null;
  return key === 'ArrowDown' ? (row?.nextElementSibling?.children[cell.cellIndex] ?? null) : null;
}

/** Blanks and line ends made visible. */
const spelt = (piece: string): string => piece.replaceAll(' ', '␣').replaceAll('\n', '⏎').replaceAll('\t', '⇥') || '∅';
