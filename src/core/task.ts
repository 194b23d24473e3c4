/** A task plugin: rows of a data set in, questions out, responses to scores. One file each, under `tasks/`. */
import type { ZodType } from 'zod';
import type { DataSource } from './data-source.ts';
import type { Family, Normalisation, ProtocolName } from './names.ts';
import type { OwnMetric } from './own-metric.ts';
import type { Question } from './question.ts';
import type { Response } from './response.ts';
import type { Score, ScoreContext } from './score.ts';

/** How a protocol puts solved rows in front of a question. */
export interface FewShot<Row> {
  /** Examples where no number is asked for. */
  readonly standard: number;
  /** The rows that examples are drawn from; `own`: those that are asked; null: training rows that no lock knows, given as a file. */
  readonly pool: DataSource<Row> | 'own' | null;
  /** One more row is drawn than is shown, and a row that equals the one that is asked is left out. */
  readonly leavesOutAsked: boolean;
  /** How they are drawn: as lm-evaluation-harness does (Python's generator, row after row), or by numbers named by task and item. Absent: as the harness. */
  readonly drawn?: 'as-harness' | 'named';
  /** A row with its answer, and whatever stands between it and what follows. */
  example(row: Row): string;
}

/** How one protocol words a row, and which normalisation its headline accuracy uses. */
export interface Template<Row> {
  question(row: Row): Question;
  readonly headline: Readonly<Record<Family, Normalisation>>;
  /** Examples that may stand in front of a question. Absent: none. */
  readonly fewShot?: FewShot<Row>;
}

export interface TaskPlugin<Row = unknown> {
  readonly name: string;
  /** Raised whenever any score can change. */
  readonly version: number;
  readonly description: string;
  /** Accuracy of guessing, in 0..1; null where guessing is not a choice. */
  readonly chance: number | null;
  readonly rowSchema: ZodType<Row>;
  /** In order of preference; the first whose files are present is read. */
  readonly sources: readonly DataSource<Row>[];
  /** Hand-written rows: a file name under `tasks/fixtures`, or the URL of a file beside the code of a plugin. */
  readonly fixture: string | URL;
  readonly protocols: Readonly<Partial<Record<ProtocolName, Template<Row>>>>;
  /** Stable id of a row. */
  id(row: Row, index: number): string;
  /**
   * What the item belongs to, as its problem, passage or twin: items of one cluster are not independent, and statistics count
   * clusters. null: it stands alone. No part of a run's identity. Absent: all items stand alone.
   *
   * @param rows all rows of the source, for what only neighbours tell
   */
  cluster?(row: Row, index: number, rows: readonly Row[]): string | null;
  /** Fields of a row that no question uses and a source may lack, such as those that name clusters: no part of the data's digest. */
  readonly undigested?: readonly string[];
  score(question: Question, response: Response, context: ScoreContext): Score | Promise<Score>;
  /** `score` runs what a model wrote: it needs `ScoreContext.judge`. Absent: no. */
  readonly needsJudge?: true;
  /** `score` is asked about unanswered questions too, and counts them as failed. Absent: they are unscored. */
  readonly scoresUnanswered?: true;
  /**
   * What trivial and published answers reach on the whole published set; shown beside every value. Published answers are named where a reader
   * would not expect their value: a metric that they do not reach in full has that as its ceiling. Absent: nothing is known.
   */
  readonly floors?: readonly Floor[];
  /**
   * The metric by which tables, comparisons and gates show a run of it. Absent: the first of `pass@1`, `acc`, `bitsPerByte`, `nll`,
   * `nelbo` that the run has, else the first that its scores name.
   */
  readonly metric?: string;
  /** What metrics of its own mean, by name; those of `bench` need no entry, and `NAME@T`, `NAME#D`, `NAME@view` are of NAME. */
  readonly metrics?: Readonly<Record<string, OwnMetric>>;
}

/**
 * A task of one's own, its rows typed by its schema.
 *
 *     export const capitals = defineTask({ name: 'capitals', version: 1, rowSchema: z.object({ … }), … });
 */
export const defineTask = <Row>(task: TaskPlugin<Row>): TaskPlugin<Row> => task;

/** A count that puts values in proportion, such as what an empty answer reaches, or the published one. */
export interface Floor {
  /** What it is a value of. Absent: the headline of the task, in any view. */
  readonly metric?: string;
  /** What was answered, such as `empty completion`. */
  readonly name: string;
  /** Over the items of `source`; with `metric`, over those of them that have one. */
  readonly hits: number;
  readonly of: number;
  /** Name of the data source that it was counted on. */
  readonly source: string;
  /** Who counted it and how. */
  readonly origin: string;
}
