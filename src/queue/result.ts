/** What a worker sends back of one unit, as text. */
import type { ItemRecord } from '../core/record.ts';
import type { AnsweredUnit } from '../runner/plan.ts';
import type { UnitWorker } from '../store/environment.ts';
import { parseRecordLine, recordLine } from '../store/records/record-file.ts';

export interface UnitResult extends AnsweredUnit {
  /** Name of the unit, see `unitId`. */
  readonly unit: string;
  /** Place of its first item in the order of the run. */
  readonly from: number;
  readonly by: UnitWorker;
}

/** A line of what is known of the unit, then its records as the lines that are stored, with their checksums. */
export function resultText({ records, ...rest }: UnitResult): string {
  return `${JSON.stringify({ ...rest, records: records.length })}\n${records.map(recordLine).join('')}`;
}

/** null where the text is damaged: the unit counts as not computed. */
export function parseResult(text: string): UnitResult | null {
  try {
    const [head = '', ...lines] = text.split('\n');
    const { records: count, ...rest }: Omit<UnitResult, 'records'> & { readonly records: number } = JSON.parse(head);
    const records = lines.slice(0, count).map(recordIn);
    return lines.length !== count + 1 || records.includes(null)
      ? null
      : { ...rest, records: records as readonly ItemRecord[] };
  } catch {
    return null;
  }
}

function recordIn(line: string): ItemRecord | null {
  const parsed = parseRecordLine(Buffer.from(line));
  return parsed.kind === 'record' ? parsed.record : null;
}
