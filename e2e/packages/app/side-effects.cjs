// What a server that renders pages does with the client: loads all of it and lets it be. Prints what that changed.
const load = { require: (name) => require(name), import: (name) => import(name) };
const { exports: paths } = require("cignal-client/package.json");
const names = Object.keys(paths)
  .filter((path) => !["./script", "./package.json"].includes(path))
  .map((path) => `cignal-client${path.slice(1)}`);
const builtIns = [globalThis, Object, Array, Function, Promise, Error, Map, String]
  .flatMap((each) => [each, each.prototype])
  .filter(Boolean);

/** What is in each built-in object, and who listens to the process. */
const state = () => [
  ...builtIns.flatMap((each) => Reflect.ownKeys(each).map((key) => [each, key, read(each, key)])),
  ...process.eventNames().map((name) => [process, name]),
];

function read(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

// What Node itself has, such as its output, is none of ours.
const isOurs = (resource) => /Timeout|TCP|UDP/.test(resource);

/** The timers that were started, also those that would not keep the process alive. */
function watchTimers() {
  const started = [];
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    const start = globalThis[name];
    globalThis[name] = (...args) => {
      started.push(name);
      return start(...args);
    };
  }
  return started;
}

async function main() {
  // Node loads some of its globals only when they are looked at.
  state();
  const timers = watchTimers();
  const before = state();
  const functions = {};
  for (const name of names) {
    const module = await load[process.argv[2]](name);
    const keys = Object.keys(module).filter((key) => /^[a-z]/.test(key));
    functions[name] = keys.filter((key) => typeof module[key] === "function").sort();
  }
  const result = {
    functions,
    changed: state()
      .filter((now) => !before.some((was) => was.every((part, i) => Object.is(part, now[i]))))
      .map(([, key]) => String(key)),
    waitingFor: [...timers, ...process.getActiveResourcesInfo().filter(isOurs)],
  };
  console.log(JSON.stringify(result));
}

main();
