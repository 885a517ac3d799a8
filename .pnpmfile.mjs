// tsup and dependency-cruiser work through the compiler API, which TypeScript 7 no longer has:
// they get TypeScript 6 for themselves. (A package extension cannot replace a peer dependency.)
export const hooks = {
  readPackage(manifest) {
    if (manifest.name === 'tsup' || manifest.name === 'dependency-cruiser') {
      delete manifest.peerDependencies?.typescript;
      manifest.dependencies.typescript = '6.0.3';
    }
    return manifest;
  },
};
