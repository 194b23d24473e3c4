import { type GateDocument, namedChecks, namedGuards } from './gate-document.ts';
import { gateHeadline } from './gate-text.ts';

/** A verdict as GitHub workflow commands, a line each: errors for regressions, warnings for what is open or to be known. */
export function gateAnnotations(document: GateDocument): string {
  const lines = [...namedChecks(document), ...namedGuards(document)].flatMap(({ name, verdict, reason }) => {
    if (verdict === 'pass') return [];
    return [command(verdict === 'regression' ? 'error' : 'warning', `bench gate: ${name}`, `${verdict}: ${reason}`)];
  });
  const told = document.warnings.map((each) => command('warning', 'bench gate', each));
  return [...lines, ...told, command('notice', 'bench gate', gateHeadline(document))]
    .map((line) => `${line}\n`)
    .join('');
}

function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`;
}

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
