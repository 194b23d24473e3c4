/**
 * dLLM's adapted classes: a causal class whose network attends to everything, and whose models predict masked tokens where they
 * stand. Its files are those of the class but for `model_type`; the mask is a token that was added to the vocabulary, which
 * its config need not name. The block diffusion models among them say nowhere how long their blocks are.
 *
 * @source ZHZisZZ/dllm at ca17675 (`a2d`)
 */
import type { Architecture, ArchitectureKind } from './architecture.ts';

/** @param base the class that was adapted */
export function a2dOf<Net extends Architecture, Extra extends string, Config>(
  base: ArchitectureKind<Net, Extra, Config>,
): ArchitectureKind<Net, Extra, Config> {
  const kind = `a2d-${base.kind}`;
  return {
    ...base,
    kind,
    causal: false,
    answering: () => ({ family: 'diffusion' }),
    configuration: (config, file) => ({ ...base.configuration(config, file), kind }),
    configJson: (net, answering) => ({
      ...base.configJson(net, answering),
      architectures: [`A2D${base.kind}LMHeadModel`],
      model_type: kind,
    }),
  };
}
