/** The page results/racing.md. */
import type { Row } from './measure.ts';

interface Measured {
  readonly items: number;
  readonly reference: number;
  readonly model: string;
}

export function racingMarkdown(rows: readonly Row[], { items, reference, model }: Measured): string {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return `# Races: decisions and what they take

\`node dist/scripts/bench-racing.js ${items} ${reference} ${model}\`; the first ${items} items of each task that fit the model, against ${reference} passes an answer in float32.
Wrong: items whose first answer is another than the reference's, of those whose lead there is at least two of its standard errors. Of a fixed number of passes, undecided is a lead below two standard errors; of a race, more than
one answer left at the cap. Passes are distinct sequences; seconds those of the run, which other work on the machine disturbs.

${tasks.map((task) => section(rows.filter((row) => row.task === task))).join('\n')}`;
}

function section(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const head =
    '| | wrong | of them called decided | undecided | passes an item | against `--passes 32` | seconds |\n|---|---|---|---|---|---|---|';
  const full = rows.find(({ way }) => way === '--passes 32');
  const lines = rows.map((row) => {
    const share = full === undefined ? '–' : (row.passes / full.passes).toFixed(2);
    const each = (row.passes / row.items).toFixed(1);
    return `| \`${row.way}\` | ${row.wrong} of ${row.clear} | ${row.wrongDecided} | ${row.undecided} of ${row.items} | ${each} | ${share} | ${row.seconds.toFixed(1)} |`;
  });
  return `## ${first.task}\n\n${head}\n${lines.join('\n')}\n`;
}
