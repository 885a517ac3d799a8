import { describeDocumentStoreContract } from '../testing/index.ts';
import { createMemoryDocuments } from './memory-documents.ts';

describeDocumentStoreContract('the memory store', async () => {
  const documents = createMemoryDocuments();
  return { documents, another: async () => documents, destroy: async () => {} };
});
