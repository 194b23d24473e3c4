/** One published form of a task's data. */
export interface DataSource<Row> {
  /** Key in `tasks/data.lock.json`, such as `hellaswag/jsonl`. */
  readonly name: string;
  /** How these rows differ from the reference release; null = they are it. Shown with every result. */
  readonly variant: string | null;
  /** Reads the rows, or makes them (the lock then pins their digest). `path(file)` gives the local path of a file named in the lock; malformed rows name file, line, field. */
  read(path: (file: string) => string): Promise<readonly Row[]>;
  /** The rows come with the code of the task, and no lock names them: a run's manifest holds their digest. Absent: the lock does. */
  readonly local?: true;
}

/** A source of rows as the reference release has them, under a lock. */
export const published = <Row>(name: string, read: DataSource<Row>['read']): DataSource<Row> => ({
  name,
  variant: null,
  read,
});
