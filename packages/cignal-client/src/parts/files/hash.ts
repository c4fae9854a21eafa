/** SHA-256 of what comes piece by piece, which WebCrypto cannot do. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** In hexadecimal; the last thing that is asked of it. */
  digest(): string;
}

/** WebAssembly is twice as fast; a page whose CSP forbids it (`wasm-unsafe-eval`) has the same in JavaScript. */
export async function createHash(): Promise<Hash> {
  try {
    const { createSHA256 } = await import("./hash-wasm.js");
    const hash = await createSHA256();
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => hash.digest(),
    };
  } catch {
    const { sha256 } = await import("@noble/hashes/sha2.js");
    const hash = sha256.create();
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () =>
        Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
  }
}
