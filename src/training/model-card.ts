/** The README.md of a trained model. */
import type { AccuracyLine, MetricsLine } from './training-folder.ts';

export interface ModelCard {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** Command line that makes the model again. */
  readonly command: string;
  readonly parameters: number;
  readonly steps: { readonly done: number; readonly planned: number };
  readonly configuration: unknown;
  readonly digests: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricsLine[];
}

export function modelCard(card: ModelCard): string {
  const { name, about, command, parameters, steps, configuration, digests, metrics } = card;
  const heldOut = metrics.findLast((line) => line.heldOut !== undefined);
  const accuracy = metrics.findLast((line) => line.accuracy !== undefined);
  const isWhole = steps.done === steps.planned;
  return [
    `# ${name}`,
    `${about} ${parameters.toLocaleString('en')} parameters, ${steps.done} ${isWhole ? '' : `of ${steps.planned} `}optimizer steps.`,
    '![loss over steps](loss.png)',
    ...(heldOut?.heldOut === undefined
      ? []
      : [`## Held-out loss after step ${heldOut.step}`, heldOutTable(heldOut.heldOut)]),
    ...(accuracy?.accuracy === undefined
      ? []
      : [`## Held-out problems answered rightly after step ${accuracy.step}`, accuracyTable(accuracy.accuracy)]),
    '## How it was made',
    `\`\`\`sh\n${command}\n\`\`\``,
    '`training/config.json` is',
    `\`\`\`json\n${JSON.stringify(configuration, null, 2)}\n\`\`\``,
    'SHA-256 of what went in:',
    Object.entries(digests)
      .map(([what, digest]) => `- ${what}: \`${digest}\``)
      .join('\n'),
    '',
  ].join('\n\n');
}

function heldOutTable(losses: NonNullable<MetricsLine['heldOut']>): string {
  return table(
    ['source', 'nats per token', 'standard error', 'rows', 'tokens'],
    losses.map(({ source, natsPerToken, standardError, rows, tokens }) => [
      source,
      natsPerToken.toFixed(4),
      standardError.toFixed(4),
      String(rows),
      String(tokens),
    ]),
  );
}

function accuracyTable(lines: readonly AccuracyLine[]): string {
  return table(
    ['source', 'T', 'right', 'of'],
    lines.map(({ source, steps, right, problems }) => [source, String(steps ?? ''), String(right), String(problems)]),
  );
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
