/** Placeholder: to be overwritten. */
console.log('no benchmarks yet');
