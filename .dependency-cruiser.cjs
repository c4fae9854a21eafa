/**
 * Who may import whom (the project's docs tell why). Each rule is shown to fail in scripts/imports.test.ts.
 */
const tests = "[.]test[.]ts$|/test/";

/** A folder of the client sees those to its left, and itself. What stands beside the folders is the last layer. */
const clientLayers = [
  ["lib", "errors[.]ts"],
  ["browser"],
  ["signaling", "media", "data", "stats"],
  ["peer", "playback"],
];

const client = "^packages/cignal-client/src/";

const clientRules = clientLayers.flatMap((layer, index) =>
  layer.map((member) => {
    const left = clientLayers.slice(0, index).flat();
    // `lib` and `errors.ts` are one layer of small things that know nothing of calls; they may use each other.
    const visible = index === 0 ? layer : [...left, member];
    return {
      name: `client-layers-${member.replace("[.]ts", "")}`,
      comment: `${member} may import only ${visible.join(", ").replace("[.]", ".")} of the client.`,
      severity: "error",
      from: { path: `${client}${member}(/|$)`, pathNot: tests },
      to: { path: client, pathNot: `${client}(${visible.join("|")})(/|$)` },
    };
  }),
);

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle has no layer; one of types alone has none either.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "protocol-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^packages/protocol/" },
      to: { path: "^(packages/(?!protocol/)|examples/|e2e/|bench/|cignal-)" },
    },
    {
      name: "server-never-imports-client",
      comment: "They share the wire, and nothing else.",
      severity: "error",
      from: { path: "^packages/cignal-server/" },
      to: { path: "(^|/)cignal-client(/|$)" },
    },
    {
      name: "client-never-imports-server",
      comment: "They share the wire, and nothing else.",
      severity: "error",
      from: { path: "^packages/cignal-client/" },
      to: { path: "(^|/)cignal-server(/|$)" },
    },
    {
      name: "packages-by-name",
      comment:
        "Another package is imported by its name, as its users do, never by a path to its source.",
      severity: "error",
      from: { path: "^(packages/[^/]+|examples/[^/]+|e2e|bench|scripts)/" },
      to: { path: "^packages/[^/]+/", pathNot: "^$1/", dependencyTypes: ["local"] },
    },
    {
      name: "source-never-imports-tests",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { path: tests },
    },
    ...clientRules,
    {
      name: "client-parts",
      comment:
        "What a page adds to the core sees what is small and knows nothing of calls, and a call through inside.ts.",
      severity: "error",
      from: { path: `${client}parts/`, pathNot: tests },
      to: {
        path: client,
        pathNot: `${client}(lib/|errors[.]ts|browser/|parts/)`,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "client-core-without-parts",
      comment: "Whoever adds nothing loads nothing of it.",
      severity: "error",
      from: { path: client, pathNot: `${client}parts/` },
      to: { path: `${client}parts/` },
    },
    {
      name: "client-without-node",
      comment: "No page loads what is for Node.",
      severity: "error",
      from: { path: client, pathNot: `${client}node/` },
      to: { path: `${client}node/|^werift$|node_modules/werift/` },
    },
    {
      name: "client-entries",
      comment:
        "cignal.ts puts everything together, so only the entries may know it, and parts its type, and nobody the entries.",
      severity: "error",
      from: {
        path: client,
        pathNot: [tests, `${client}(index|script|node/index)[.]ts$`, `${client}parts/`],
      },
      to: { path: `${client}(cignal|index)[.]ts$` },
    },
    {
      name: "room-is-pure",
      comment:
        "room.ts decides, with rules, room-nodes.ts and room-state.ts; they may know types and the protocol, nothing that does something.",
      severity: "error",
      from: { path: "^packages/cignal-server/src/rooms/(room(-nodes|-state)?[.]ts$|rules/)" },
      to: {
        pathNot: "^packages/(protocol/|cignal-server/src/rooms/(room-(nodes|state)[.]ts$|rules/))",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "server-entries",
      comment: "init-socket-server.ts puts everything together, so only the entries may know it.",
      severity: "error",
      from: {
        path: "^packages/cignal-server/src/",
        pathNot: [tests, "^packages/cignal-server/src/(index|standalone)[.]ts$"],
      },
      to: { path: "^packages/cignal-server/src/init-socket-server[.]ts$" },
    },
  ],
  options: {
    // Type-only imports count: they shape the code as much as the others.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    // Not the dist of packages: an import of one of them ends there, and must be seen.
    exclude: { path: ["^(examples/[^/]+|bench)/dist/", "/test-results/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
