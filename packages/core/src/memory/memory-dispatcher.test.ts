import { describeDispatcherContract } from '../testing/dispatcher-contract.ts';
import { createMemoryDispatcher } from './memory-dispatcher.ts';

describeDispatcherContract('the dispatcher in process', async () => {
  const dispatcher = createMemoryDispatcher();
  return { dispatcher, another: async () => dispatcher, destroy: async () => {} };
});
