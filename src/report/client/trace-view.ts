/** How a text came to be: played as running text, and as a grid of steps and positions, for every T. */
import type { SampleAnswer, SampleModel, SampleTrace } from '../items/sample-data.ts';
import { type TraceCell, type TraceFrame, traceFrames } from '../items/trace-frames.ts';
import { type Child, el, headedRow, number, scrolling } from './dom.ts';
import { tracePlayer } from './trace-player.ts';

/** Shades of confidence, least first; `.c0` to `.c5` of the style sheet. */
const SHADES = 6;
/** Positions of a grid side by side; longer canvases go on below. */
const ACROSS = 20;

export function traceGrids(
  traces: readonly SampleTrace[],
  model: SampleModel,
  answer: SampleAnswer | null,
): HTMLElement[] {
  if (traces.length === 0) return [];
  return [
    el('h4', 'Denoising steps'),
    el(
      'p.note',
      'The text as it was written: ▒▒ is masked, bold is new in this step. ',
      ...[el('kbd', 'Space'), ' plays and pauses, ', el('kbd', '←'), ' ', el('kbd', '→'), ' step, '],
      ...[el('kbd', 'Home'), ' ', el('kbd', 'End'), ' go to the ends.'],
    ),
    el('div.traces', ...traces.map((trace) => traceFigure(trace, model, answer))),
  ];
}

function legend(): HTMLElement {
  const shades = Array.from({ length: SHADES }, (_, shade) =>
    el(`span.shade.c${shade}`, String(Math.round((100 * shade) / (SHADES - 1)))),
  );
  return el(
    'p.note.trace-legend',
    'Confidence in percent: ',
    shades,
    ' A thick frame and bold text mark what a step reveals; grey italics is a proposal that stays masked. Focus or point at a cell for its number; arrow keys move.',
  );
}

function traceFigure(trace: SampleTrace, model: SampleModel, answer: SampleAnswer | null): HTMLElement {
  const { steps, draw, view, positions, path, rankCorrelation, lane } = trace;
  const frames = traceFrames(trace);
  const correlation =
    rankCorrelation === null
      ? 'has no value: all places were revealed in one step'
      : `${number(rankCorrelation, 2)} (1 = left to right)`;
  const title = `T = ${steps}${draw === 0 ? '' : `, draw ${draw}`}`;
  return el(
    'figure.trace-figure',
    el(
      'figcaption',
      el('b', title),
      ` view ${view}; ${positions.length} tokens in ${path.length} pass${path.length === 1 ? '' : 'es'}. Rank correlation of reveal order with position: ${correlation}.`,
    ),
    tracePlayer(trace, frames, outcomeParts(trace, answer)),
    gridParts(trace, frames, `${model.shown}, ${title}`),
    ...laneParts(lane, positions.length),
  );
}

/** The score at this T, and what became of the program that the text is. */
function outcomeParts({ view, steps, draw }: SampleTrace, answer: SampleAnswer | null): Child[] {
  const { texts = [], values = {} } = answer ?? {};
  const text = texts.find((each) => each.view === view && each.steps === steps && each.draw === draw);
  const isOnly = new Set(texts.map((each) => each.steps)).size === 1;
  const name = ['acc', 'pass@1'].find((metric) => `${metric}@${steps}` in values || (isOnly && metric in values));
  const value = name === undefined ? undefined : (values[`${name}@${steps}`] ?? values[name]);
  const sign = value === 1 ? '✓ right' : value === 0 ? '✗ wrong' : `${name} ${number(value ?? 0, 3)}`;
  return [
    value === undefined ? null : el(`span.tag.${value === 1 ? 'good' : value === 0 ? 'bad' : 'warn'}`, sign),
    ' ',
    text?.verdict === undefined ? null : el(`span.tag.${text.verdict === 'passed' ? 'good' : 'bad'}`, text.verdict),
    ' ',
  ];
}

/** A long canvas is drawn when it is asked for. */
function gridParts(trace: SampleTrace, frames: readonly TraceFrame[], name: string): HTMLElement {
  const box = el('details.grid', el('summary', 'All steps as a grid'));
  const fill = () => {
    if (box.childElementCount > 1) return;
    const readout = el('p.readout', { role: 'status' }, 'No cell chosen.');
    const count = Math.ceil(trace.positions.length / ACROSS);
    const tables = Array.from({ length: count }, (_, part) => traceTable(trace, frames, part * ACROSS, readout));
    box.append(legend(), ...tables.map((table) => scrolling(`Steps of ${name}`, table)), readout);
  };
  box.addEventListener('toggle', fill);
  if (trace.positions.length > ACROSS) return box;
  fill();
  box.open = true;
  return box;
}

function traceTable(
  trace: SampleTrace,
  frames: readonly TraceFrame[],
  from: number,
  readout: HTMLElement,
): HTMLElement {
  const { positions } = trace;
  const places = [...positions.keys()].slice(from, from + ACROSS);
  const head = places.map((place) => el('th', { scope: 'col' }, String(positions[place])));
  const rows = frames.map(({ step, cells }) =>
    headedRow(String(step), ...places.map((place) => gridCell(step, positions[place] ?? 0, cells[place]))),
  );
  const table = el(
    'table.trace',
    el('thead', el('tr', el('th', { scope: 'col' }, 'Step'), head)),
    el('tbody', rows),
    el('tfoot', footRow(frames, places)),
  );
  table.querySelector('td')?.setAttribute('tabindex', '0');
  table.addEventListener('focusin', ({ target }) => say(readout, target));
  table.addEventListener('mouseover', ({ target }) => say(readout, target));
  table.addEventListener('keydown', moveFocus);
  return table;
}

function gridCell(step: number, position: number, cell: TraceCell | undefined): HTMLElement {
  const { kind, piece, permille } = cell ?? { kind: 'masked', piece: '', permille: null };
  if (kind === 'kept') return traceCell('kept', spelt(piece), `${spelt(piece)}: revealed before step ${step}`);
  if (kind === 'masked') return traceCell('masked', '·', `position ${position}: masked, nothing proposed`);
  const words = `step ${step}, position ${position}: ${spelt(piece)}, ${((permille ?? 0) / 10).toFixed(1)} percent, ${kind === 'revealed' ? 'revealed' : 'proposed, stays masked'}`;
  return traceCell(`${kind}.${shadeOf((permille ?? 0) / 1000)}`, spelt(piece), words);
}

/** Of a probability. */
const shadeOf = (share: number): string => `c${Math.min(SHADES - 1, Math.round((SHADES - 1) * share))}`;

const traceCell = (kind: string, text: string, words: string): HTMLElement =>
  el(`td.${kind}`, { tabindex: -1, label: words }, text);

/** Per position, in which step it was revealed. */
function footRow(frames: readonly TraceFrame[], places: readonly number[]): HTMLElement {
  const stepOf = (place: number) => frames.find(({ cells }) => cells[place]?.kind === 'revealed')?.step;
  return headedRow('order', ...places.map((place) => el('td', String(stepOf(place) ?? '–'))));
}

function laneParts(lane: SampleTrace['lane'], places: number): HTMLElement[] {
  if (lane === null)
    return [el('p.note', 'No stored record has a left-to-right model’s log-probabilities of this text.')];
  const aligned = lane.logprobs.length === places ? '' : ' (its tokens are not those of the grid)';
  const cells = lane.logprobs.map((value) => el(`td.${shadeOf(Math.exp(value))}`, number(value, 3)));
  return [
    el('p.note', 'Log-probability of each token left to right, by ', el('bdi', lane.model), `${aligned}:`),
    scrolling(`Log-probabilities by ${lane.model}`, el('table.trace', el('tbody', headedRow('nats', ...cells)))),
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
