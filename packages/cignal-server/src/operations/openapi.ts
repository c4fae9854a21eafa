import { SERVER_ERROR_CODES } from "@cignal/protocol";
import { LOG_AREAS, LOG_LEVELS } from "../log.js";

const text = { type: "string" };
const time = { type: "integer", minimum: 0, description: "Milliseconds since 1970." };
const count = { type: "integer", minimum: 0 };
const code = { enum: [...SERVER_ERROR_CODES] };
const level = { enum: [...LOG_LEVELS] };

const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const list = (items: object) => ({ type: "array", items });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const schemas = {
  Room: object({ id: text, openedAt: time, revision: count, peers: list(ref("Peer")) }),
  Peer: object(
    { id: text, name: text, role: text, joinedAt: time, connected: { type: "boolean" } },
    ["role"],
  ),
  RoomsPage: object({ rooms: list(ref("Room")), next: text }, ["next"]),
  History: object({ roomId: text, entries: list(ref("HistoryEntry")) }),
  HistoryPeer: object({ id: text, name: text, role: text }, ["role"]),
  HistoryEntry: {
    oneOf: [
      object({ at: time, event: { enum: ["opened", "closed"] } }),
      object({ at: time, event: { const: "joined" }, peer: ref("HistoryPeer"), size: count }),
      object({
        ...{ at: time, event: { const: "left" }, peer: ref("HistoryPeer"), size: count },
        reason: { enum: ["left", "timeout", "removed"] },
      }),
      object({ at: time, event: { const: "refused" }, code, peerId: text }, ["peerId"]),
    ],
  },
  LogLevels: object(Object.fromEntries(LOG_AREAS.map((area) => [area, level]))),
  LogLevelsChange: {
    ...object(Object.fromEntries(LOG_AREAS.map((area) => [area, level])), LOG_AREAS),
    additionalProperties: false,
  },
  Stats: object({
    state: { enum: ["open", "draining", "closed"] },
    connections: count,
    peers: count,
    stepMs: { type: "integer", minimum: 1 },
    steps: list(
      object({
        ...{ at: time, peers: count, joins: count, leaves: count },
        rooms: { type: ["integer", "null"] },
        errors: { type: "object", propertyNames: code, additionalProperties: count },
      }),
    ),
  }),
};

const json = (name: string) => ({ "application/json": { schema: ref(name) } });
const plain = { "text/plain": { schema: text } };

interface Described {
  readonly description: string;
  readonly content: object;
}

type Responses = Readonly<Record<string, Described>>;

const answer = (description: string, content: object): Described => ({ description, content });

const noToken = { "401": answer("The token is missing, or another one.", plain) };
const noAnswer = { "503": answer("What is asked for cannot be read now.", plain) };

const guarded = (summary: string, responses: Responses, more: object = {}) => ({
  summary,
  security: [{ token: [] }],
  ...more,
  responses: { ...responses, ...noToken, ...noAnswer } as Responses,
});

const open = (summary: string, responses: Responses) => ({ summary, security: [], responses });

const inQuery = (name: string, description: string, schema: object) => ({
  ...{ name, in: "query", description, schema },
});

/** What an operator can ask a server over HTTP, as OpenAPI 3.1. */
export const openApi = {
  openapi: "3.1.0",
  info: {
    title: "Cignal server, for operators",
    version: "1",
    description: "All without a token, but what has people or rooms in it.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  paths: {
    "/healthz": {
      get: open("Whether the process lives", { "200": answer("It does.", plain) }),
    },
    "/readyz": {
      get: open("Whether everybody can enter", {
        "200": answer("Yes.", plain),
        "503": answer("It drains, or is closed.", plain),
      }),
    },
    "/openapi.json": {
      get: open("This description", {
        "200": answer("It.", { "application/json": { schema: { type: "object" } } }),
      }),
    },
    "/metrics": {
      get: {
        ...guarded("Metrics for Prometheus", { "200": answer("They.", plain) }),
        description: "On a port of the operators' own it needs no token.",
        security: [{ token: [] }, {}],
      },
    },
    "/stats": {
      get: guarded("The last hour of this node", { "200": answer("It.", json("Stats")) }),
    },
    "/rooms": {
      get: guarded(
        "Rooms, by their ids",
        {
          "200": answer("Some of them.", json("RoomsPage")),
          "400": answer("A wrong limit.", plain),
        },
        {
          parameters: [
            inQuery("limit", "How many", {
              type: "integer",
              minimum: 1,
              maximum: 1000,
              default: 100,
            }),
            inQuery("after", "The `next` of the page before", text),
          ],
        },
      ),
    },
    "/rooms/{roomId}/history": {
      get: guarded(
        "What happened in a room, closed or not, oldest first",
        {
          "200": answer("It.", json("History")),
          "404": answer("Nothing is known of this room.", plain),
        },
        { parameters: [{ name: "roomId", in: "path", required: true, schema: text }] },
      ),
    },
    "/log-levels": {
      get: guarded("The level of each part of the log", {
        "200": answer("All of them.", json("LogLevels")),
      }),
      put: guarded(
        "Changes some levels",
        {
          "200": answer("All of them, as they are now.", json("LogLevels")),
          "400": answer("One is wrong; nothing has changed.", plain),
          "413": answer("That is too much.", plain),
        },
        { requestBody: { required: true, content: json("LogLevelsChange") } },
      ),
    },
  },
  components: {
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
    schemas,
  },
};
