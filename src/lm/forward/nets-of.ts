/** The networks of one model: by its engine, and by one in fewer bits. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ForwardOptions } from './batches.ts';
import { type OpenNet, openNet } from './forward.ts';
import { gathered } from './gather.ts';
import type { Forward } from './sequence.ts';

interface NetParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly engine: Engine;
  readonly cheapEngine?: Engine;
}

/** The network in each engine, opened when it is asked for. */
export function netsOf(parts: NetParts) {
  const { checkpoint, engine, cheapEngine } = parts;
  const nets = new Map<boolean, Promise<OpenNet>>();
  let cheap: Promise<OpenNet> | null = null;
  let together: Forward | null = null;
  return {
    opened: (withCertainties = false): Promise<OpenNet> => {
      const net = nets.get(withCertainties) ?? openNet(checkpoint, engine, { ...parts, withCertainties });
      nets.set(withCertainties, net);
      return net;
    },
    shared: ({ forward }: OpenNet): Forward => {
      together ??= gathered(forward);
      return together;
    },
    inFewerBits: async (): Promise<Forward> => {
      if (cheapEngine === undefined) throw new TypeError('a model of two precisions has two engines');
      cheap ??= openNet(checkpoint, cheapEngine, parts);
      return (await cheap).forward;
    },
    dispose: async (): Promise<void> => {
      const open = await Promise.all([...nets.values(), ...(cheap === null ? [] : [cheap])]);
      await Promise.all(open.map((net) => net.dispose()));
    },
  };
}
