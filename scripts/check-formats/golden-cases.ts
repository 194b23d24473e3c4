/** What the golden folders hold: models, and rows of outputs that a right loader gives. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnsweringChoices } from '../../src/checkpoints/answering.ts';

export interface ExpectedRow {
  readonly ids: readonly number[];
  readonly attention: 'causal' | 'full';
  /** Noise that the network is told; null for networks that are not. */
  readonly sigma: number | null;
  /** Rows of `outputs`. */
  readonly positions: readonly number[];
  readonly kind: 'logits' | 'log-probabilities' | 'log-scores';
  /** Of `logits` and `log-scores`, all of a row; of `log-probabilities`, that of the next token. */
  readonly outputs: readonly (readonly number[])[];
}

export interface GoldenCase {
  /** As the table names it. */
  readonly name: string;
  /** Folder or file of the model. */
  readonly path: string;
  readonly overrides: AnsweringChoices & { readonly adapter?: string };
  readonly rows: readonly ExpectedRow[];
}

type Rows = readonly (readonly number[])[];
interface Golden {
  readonly same_values_as?: string;
  readonly kind?: string;
  readonly mask_token_id?: number;
  readonly base?: string;
  readonly also_for_base?: readonly string[];
  readonly block_size?: number;
  readonly forward: readonly GoldenForward[];
}

interface GoldenForward {
  readonly attention?: string;
  readonly original_ids?: Rows;
  readonly input_ids: Rows | readonly number[];
  readonly positions?: readonly number[];
  readonly logits?: readonly Rows[];
  readonly raw_logits?: readonly Rows[];
  readonly log_score?: readonly Rows[];
  readonly sigma?: readonly number[];
  readonly target_logprobs_f64?: Rows | readonly number[];
}

/** @param shared folder with `golden`, `golden2` and `golden-formats` */
export function goldenCases(shared: string): readonly GoldenCase[] {
  return [
    ...['golden', 'golden2'].flatMap((set) => networks(shared, set)),
    ...['safetensors', 'bin', 'gguf', 'lowbit'].flatMap((form) => files(shared, form)),
    ...adapters(shared),
  ];
}

function networks(shared: string, set: string): readonly GoldenCase[] {
  return foldersIn(join(shared, set)).flatMap((name) => {
    const path = join(shared, set, name);
    const golden = existsSync(join(path, 'config.json')) ? read(path) : null;
    if (golden === null) return [];
    const isDiffusion = golden.kind !== 'ar';
    const overrides = isDiffusion ? { family: 'diffusion' as const, maskId: golden.mask_token_id ?? null } : {};
    return [
      {
        name: `${set}/${name}`,
        path,
        overrides,
        rows: golden.forward.flatMap((each) =>
          rowsOf(each, isDiffusion, name.startsWith('bd3lm') ? golden.block_size : undefined),
        ),
      },
    ];
  });
}

function files(shared: string, form: string): readonly GoldenCase[] {
  const parent = join(shared, 'golden-formats', form);
  return foldersIn(parent).flatMap((name) => {
    const path = join(parent, name);
    const golden = read(path);
    const weights = form === 'gguf' ? join(path, `${name}.gguf`) : path;
    if (golden?.forward === undefined || (form === 'lowbit' && !existsSync(join(path, 'config.json')))) return [];
    return [
      {
        name: `${form}/${name}`,
        path: weights,
        overrides: {},
        rows: golden.forward.flatMap((each) => rowsOf(each, false)),
      },
    ];
  });
}

function adapters(shared: string): readonly GoldenCase[] {
  const parent = join(shared, 'golden-formats', 'lora');
  return foldersIn(parent).flatMap((name) => {
    const golden = read(join(parent, name));
    if (golden?.base === undefined || golden.forward === undefined) return [];
    return [...new Set([golden.base, ...(golden.also_for_base ?? [])])].map((base) => ({
      name: `lora/${name} on ${base}`,
      path: join(shared, 'golden', base),
      overrides: {
        adapter: join(parent, name),
        ...(base.startsWith('diffu') ? { family: 'diffusion' as const, maskId: 5 } : {}),
      },
      rows: golden.forward.flatMap((each) => rowsOf(each, false)),
    }));
  });
}

function rowsOf(forward: GoldenForward, isDiffusion: boolean, blockLength?: number): readonly ExpectedRow[] {
  const { target_logprobs_f64: targets, input_ids, positions = [], sigma } = forward;
  const outputs = forward.logits ?? forward.raw_logits ?? forward.log_score;
  if (outputs === undefined) return targets === undefined ? [] : targetRows(forward, targets);
  if (forward.attention !== undefined && forward.attention !== 'full') return [];
  const rows = (input_ids as Rows).map((ids, row): ExpectedRow => {
    return {
      ids,
      attention: isDiffusion ? 'full' : 'causal',
      sigma: sigma?.[row] ?? null,
      positions,
      kind: forward.log_score === undefined ? 'logits' : 'log-scores',
      outputs: outputs[row] as Rows,
    };
  });
  return blockLength === undefined
    ? rows
    : rows.flatMap((row, i) => inBlocks(row, forward.original_ids?.[i] ?? [], blockLength));
}

/** One sequence or several. */
function targetRows(
  { attention, input_ids }: GoldenForward,
  targets: Rows | readonly number[],
): readonly ExpectedRow[] {
  const several = (typeof input_ids[0] === 'number' ? [input_ids] : input_ids) as Rows;
  const each = (typeof targets[0] === 'number' ? [targets] : targets) as Rows;
  return several.map((ids, row) => ({
    ids,
    attention: attention === 'full' ? 'full' : 'causal',
    sigma: null,
    positions: (each[row] ?? []).map((_, i) => i),
    kind: 'log-probabilities',
    outputs: (each[row] ?? []).map((target) => [target]),
  }));
}

/** A network with blocks reads the clean text before the block that it predicts in. */
function inBlocks(row: ExpectedRow, original: readonly number[], length: number): readonly ExpectedRow[] {
  return row.positions.map((position, i) => {
    const from = Math.floor(position / length) * length;
    const ids = [...original.slice(0, from), ...row.ids.slice(from, from + length)];
    return { ...row, ids, positions: [position], outputs: [row.outputs[i] ?? []] };
  });
}

function foldersIn(parent: string): readonly string[] {
  const entries = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries
    .map(({ name }) => name)
    .filter((name) => name !== 'refuse')
    .sort();
}

/** Numbers of a folder, those of another one where it says so; null where it has none. */
function read(folder: string): Golden | null {
  const file = join(folder, 'golden.json');
  if (!existsSync(file)) return null;
  const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));
  if (golden.same_values_as === undefined) return golden;
  const beside = join(folder, golden.same_values_as);
  return { ...golden, ...read(existsSync(beside) ? beside : join(folder, '..', golden.same_values_as)) };
}
