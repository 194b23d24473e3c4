import type { CommandIo } from '../../src/commands/shell/io.ts';

/** A command's view of the outside world that keeps what it is told. */
export interface RecordingIo extends CommandIo {
  /** Everything written so far. */
  readonly written: { stdout: string; stderr: string };
}

export function recordingIo(signal: AbortSignal = new AbortController().signal): RecordingIo {
  const written = { stdout: '', stderr: '' };
  return {
    written,
    stdout: (text) => {
      written.stdout += text;
    },
    stderr: (text) => {
      written.stderr += text;
    },
    isTerminal: false,
    columns: 100,
    signal,
    now: () => performance.now(),
  };
}
