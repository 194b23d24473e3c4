import type { GateDocument } from './gate-document.ts';
import { gateHeadline } from './gate-text.ts';

/** A verdict as GitHub workflow commands, a line each: errors for regressions, warnings for what is open or to be known. */
export function gateAnnotations(document: GateDocument): string {
  const { checks, guards, warnings } = document;
  const found = [
    ...checks.map(({ task, metric, verdict, reason }) => ({ title: `${task}, ${metric}`, verdict, reason })),
    ...guards.map(({ task, guard, verdict, reason }) => ({ title: `${task}, ${guard}`, verdict, reason })),
  ];
  const lines = found.flatMap(({ title, verdict, reason }) => {
    if (verdict === 'pass') return [];
    return [command(verdict === 'regression' ? 'error' : 'warning', `bench gate: ${title}`, `${verdict}: ${reason}`)];
  });
  const told = warnings.map((each) => command('warning', 'bench gate', each));
  return [...lines, ...told, command('notice', 'bench gate', gateHeadline(document))]
    .map((line) => `${line}\n`)
    .join('');
}

function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`;
}

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
