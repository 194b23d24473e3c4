/** The page results/racing.md. */
import type { Row } from './measure.ts';

interface Measured {
  readonly items: number;
  readonly reference: number;
  readonly model: string;
  readonly seeds: number;
}

export const FIXED = '--passes 32';
export const RACE = '--passes auto';

export function racingMarkdown(rows: readonly Row[], { items, reference, model, seeds }: Measured): string {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return `# Races: decisions and what they take

\`node dist/scripts/bench-racing.js ${items} ${reference} ${model} ${seeds}\`; the first ${items} items of each task that fit the model, each way under ${seeds} seeds, against ${reference} passes an answer in float32 under a seed
of its own. Wrong: items whose first answer is another than the reference's, of those whose lead there is at least two of its standard errors. Of a fixed number of passes, undecided is a lead below two standard errors; of a
race, more than one answer left at the cap. Passes are distinct sequences of all answers; a batch is one run of the network. Seconds are those of the runs, on a machine that others use.

${tasks.map((task) => section(rows.filter((row) => row.task === task))).join('\n')}`;
}

function section(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = ['', 'wrong', 'of them called decided', 'undecided', 'passes an item', `against \`${FIXED}\``];
  const head = `${[...columns, 'sequences a batch', 'seconds an item'].join(' | ')} |\n${'|---'.repeat(8)}|`;
  const full = rows.find(({ way }) => way === FIXED);
  const lines = rows.map((row) => line(row, full));
  const open = rows.find(({ way }) => way === RACE)?.open ?? [];
  const named = open.length === 0 ? 'none' : open.map((id) => `\`${id}\``).join(', ');
  return `## ${first.task}\n\n|${head}\n${lines.join('\n')}\n\nUndecided by \`${RACE}\`, first seed: ${named}.\n`;
}

function line(row: Row, full: Row | undefined): string {
  const share = full === undefined ? '–' : (row.passes / row.items / (full.passes / full.items)).toFixed(2);
  const each = (row.passes / row.items).toFixed(1);
  const fill = row.batches === null ? '–' : (row.passes / row.batches).toFixed(0);
  const cells = [
    `\`${row.way}\``,
    `${row.wrong} of ${row.clear} (${percent(row.wrong, row.clear)})`,
    `${row.wrongDecided}`,
    `${row.undecided} of ${row.items} (${percent(row.undecided, row.items)})`,
    ...[each, share, fill, (row.seconds / row.items).toFixed(2)],
  ];
  return `| ${cells.join(' | ')} |`;
}

const percent = (part: number, all: number): string => `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;
