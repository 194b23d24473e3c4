import { childrenOf, type Node, type SourceFile } from './read-sources.ts';

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
/** What binds a function to a name: `const f = …`, a method, a field. */
const BINDINGS: Readonly<Record<string, string>> = {
  VariableDeclarator: 'init',
  MethodDefinition: 'value',
  PropertyDefinition: 'value',
  Property: 'value',
};

/** Lines of each named function, method, and arrow bound to a name; signature and closing brace included. */
export function functionLengths({ program, text }: SourceFile): readonly number[] {
  const lengths: number[] = [];
  const linesOf = ({ start, end }: Node) => text.slice(start, end).split('\n').length;
  const visit = (node: Node): void => {
    if (node.type === 'FunctionDeclaration' && node.body) lengths.push(linesOf(node));
    const bound = node[BINDINGS[node.type] ?? ''] as Node | undefined;
    if (bound && FUNCTIONS.includes(bound.type) && bound.body) lengths.push(linesOf(node));
    childrenOf(node).forEach(visit);
  };
  visit(program);
  return lengths;
}
