/** The page's own file system, where a browser keeps files of an origin that no person sees (OPFS). */
export interface FileStorage {
  /** A new, empty file. Rejects where there is none, as on plain http. */
  create(name: string): Promise<FileSystemFileHandle>;
  /** Nothing happens if there is no such file. */
  remove(name: string): Promise<void>;
}

const FOLDER = "cignal-files";

const folder = async () =>
  (await globalThis.navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

export const fileStorage: FileStorage = {
  create: async (name) => (await folder()).getFileHandle(name, { create: true }),
  remove: async (name) => {
    await (await folder()).removeEntry(name).catch(() => {});
  },
};
