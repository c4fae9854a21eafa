/** Parts of the client that a page adds and that say something to the same part of another client (PROTOCOL.md I3). */
const topics = ["chat", "file", "orientation"] as const;

export type Topic = (typeof topics)[number];

export const isTopic = (name: string): name is Topic =>
  (topics as readonly string[]).includes(name);
