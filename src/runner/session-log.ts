import type { ItemRecord } from '../core/record.ts';
import type { Seconds } from '../core/units.ts';
import { addCosts, type Machine, type Session, type WritingCost } from '../store/environment.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { RunWarning } from '../store/warning.ts';
import { type Clock, peakMemoryBytes } from './environment.ts';

/** Between two writes of the session; each costs two waits for the disk. */
const WRITE_INTERVAL: Seconds = 1;

/** Keeps the current session in `environment.json` about up to date, for the case of a kill. */
export class SessionLog {
  readonly #writer: RunWriter;
  readonly #clock: Clock;
  readonly #machine: Machine;
  readonly #started: string;
  readonly #startSeconds: Seconds;
  readonly #warnings: RunWarning[];
  #seconds: Seconds = 0;
  #writtenAt: Seconds | null = null;
  #items = 0;
  #nfe = 0;
  #writing: Readonly<Record<string, WritingCost>> = {};

  constructor(writer: RunWriter, clock: Clock, machine: Machine, warnings: readonly RunWarning[] = []) {
    this.#writer = writer;
    this.#clock = clock;
    this.#machine = machine;
    this.#started = clock.now();
    this.#startSeconds = clock.seconds();
    this.#warnings = [...writer.warnings, ...warnings];
  }

  get seconds(): Seconds {
    return this.#seconds;
  }

  get items(): number {
    return this.#items;
  }

  get warnings(): readonly RunWarning[] {
    return this.#warnings;
  }

  /** The session is in the file and needs a last word. */
  get isWritten(): boolean {
    return this.#writtenAt !== null;
  }

  /** Notes stored records, what was odd about them, and what the texts of each T took. */
  async note(
    records: readonly ItemRecord[],
    warnings: readonly RunWarning[],
    writing: Readonly<Record<string, WritingCost>> = {},
  ): Promise<void> {
    this.#writing = addCosts(this.#writing, writing);
    this.#seconds = this.#clock.seconds() - this.#startSeconds;
    this.#items += records.length;
    for (const { response } of records) if (response.kind !== 'unanswered') this.#nfe += response.nfe;
    this.#warnings.push(...warnings);
    if (this.#writtenAt === null || this.#seconds - this.#writtenAt >= WRITE_INTERVAL) await this.write('running');
  }

  async write(state: Session['state']): Promise<void> {
    this.#writtenAt = this.#seconds;
    await this.#writer.writeSession({
      started: this.#started,
      seconds: this.#seconds,
      items: this.#items,
      nfe: this.#nfe,
      peakMemoryBytes: peakMemoryBytes(),
      ...(Object.keys(this.#writing).length === 0 ? {} : { writing: this.#writing }),
      state,
      machine: this.#machine,
      warnings: this.#warnings,
    });
  }
}
