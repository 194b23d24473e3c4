/** The steps of a text as a grid for a terminal: a row a step, a column a position. Pure text. */
import type { TextTrace, TraceStep } from '../../core/trace.ts';
import { percentText } from '../view/metric-text.ts';
import { textTable } from './text-table.ts';

const MASKED = '·';
/** Longer pieces are cut. */
const WIDEST = 14;
/** Of the first column and of the gaps between columns. */
const [STEP_WIDTH, GAP] = [12, 2];

/**
 * Each step's row has the tokens that are in place after it, those it revealed in brackets. Under them: how sure the model was
 * of each when it revealed it, in percent. Positions that do not fit into `columns` go to a further grid below.
 */
export function traceGrid(text: TextTrace, columns = 100): string {
  const { maskable, path, steps, draw, view, context } = text;
  const title = [
    `view ${view}, T = ${steps}, draw ${draw}: ${maskable.length} tokens, ${path.length} steps through the network`,
    `  before: ${JSON.stringify(context.before.slice(-columns / 2))}`,
    ...(context.after === '' ? [] : [`  after: ${JSON.stringify(context.after.slice(0, columns / 2))}`]),
  ].join('\n');
  const { cells, confidences } = gridOf(text);
  const rows = [
    ...path.map((step, row) => [`step ${steps - step.remaining}`, ...(cells[row] ?? [])]),
    ['percent', ...confidences],
  ];
  const widths = maskable.map((_, place) => Math.max(...rows.map((row) => row[place + 1]?.length ?? 0)));
  const grids = spansOf(widths, columns - STEP_WIDTH).map(([from, to]) =>
    textTable(
      [`${MASKED} masked`, ...maskable.slice(from, to).map(String)],
      rows.map((row) => [row[0] as string, ...row.slice(from + 1, to + 1)]),
    ),
  );
  return `${title}\n${grids.join('\n')}`;
}

/** By step and place what stands there, and by place how sure the model was. */
function gridOf({ maskable, path, pieces }: TextTrace): { cells: string[][]; confidences: string[] } {
  const state = maskable.map(() => MASKED);
  const confidences = maskable.map(() => '');
  const placeOf = new Map(maskable.map((position, place) => [position, place]));
  const cells = path.map((step) => {
    const row = [...state];
    for (const position of step.revealed) {
      const place = placeOf.get(position) as number;
      const { token, confidence } = proposalAt(step, position);
      state[place] = spelt(pieces[token] ?? `#${token}`);
      confidences[place] = percentText(Math.exp(confidence));
      row[place] = `[${state[place]}]`;
    }
    return row;
  });
  return { cells, confidences };
}

function proposalAt({ positions, tokens, confidences }: TraceStep, position: number) {
  const at = positions.indexOf(position);
  return { token: tokens[at] as number, confidence: confidences[at] as number };
}

/** Blanks and line ends made visible, control characters escaped. */
function spelt(piece: string): string {
  const shown = JSON.stringify(piece).slice(1, -1).replaceAll('\\"', '"').replaceAll(' ', '␣');
  return shown.length <= WIDEST ? shown : `${shown.slice(0, WIDEST - 1)}…`;
}

/** Columns cut into spans `[from, to)` that fit. */
function spansOf(widths: readonly number[], room: number): [number, number][] {
  const spans: [number, number][] = [];
  let from = 0;
  let used = 0;
  widths.forEach((width, place) => {
    if (place > from && used + width + GAP > room) {
      spans.push([from, place]);
      [from, used] = [place, 0];
    }
    used += width + GAP;
  });
  return [...spans, [from, widths.length]];
}
