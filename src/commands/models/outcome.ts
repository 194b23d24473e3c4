/** What an action of `bench models` found: for people, for machines, for the shell. */
export interface ModelsOutcome {
  readonly text: string;
  /** What `--json` prints. */
  readonly document: unknown;
  readonly exitCode: number;
}
