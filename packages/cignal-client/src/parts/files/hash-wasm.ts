// So that a bundler takes this one hash alone out of a package of many.
export { createSHA256 } from "hash-wasm";
