// What a server that renders pages does with the client: loads it and lets it be. Prints what that changed.
const load = { require: () => require("cignal-client"), import: () => import("cignal-client") };
const state = () => [...Object.getOwnPropertyNames(globalThis), ...process.eventNames()];

async function main() {
  const before = new Set(state());
  const { Cignal, getUrlParam } = await load[process.argv[2]]();
  const result = {
    exported: [typeof Cignal.createRoom, typeof getUrlParam],
    changed: state().filter((name) => !before.has(name)),
    waitingFor: process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|UDP/.test(name)),
  };
  console.log(JSON.stringify(result));
}

main();
