import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure, run } from "./run.mjs";

/**
 * What the tests need from the system. To add one, add a line: the Debian package, a name for messages, where else to
 * get it, which suites need it, and the commands (or absolute paths) that show it is there. `variable` names an
 * environment variable that overrides the search and tells the suites what was found. Tests that need something
 * `skippable` skip themselves without it, or do with something slower, but in CI.
 */
const needs = [
  {
    debian: "chromium",
    what: "Chromium or Chrome",
    elsewhere: "install it or set CHROMIUM to its path",
    suites: ["e2e"],
    variable: "CHROMIUM",
    commands: [
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
  },
  {
    debian: "chromium-headless-shell",
    what: "Chromium's headless shell",
    elsewhere: "leave it away, and the tests take half as long again",
    suites: ["e2e"],
    variable: "CHROMIUM_SHELL",
    commands: ["chromium-headless-shell", "chrome-headless-shell"],
    skippable: true,
  },
  {
    debian: "coturn",
    what: "the TURN server coturn",
    elsewhere: "install it or set TURNSERVER to the path of its turnserver",
    suites: ["unit", "e2e"],
    variable: "TURNSERVER",
    commands: ["turnserver"],
  },
  {
    debian: "firefox-esr",
    what: "Firefox ESR",
    elsewhere: "install it or set FIREFOX to its path",
    suites: ["e2e"],
    variable: "FIREFOX",
    commands: ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
  },
  {
    debian: "ffmpeg",
    what: "ffmpeg, which reads recordings",
    elsewhere: "install it",
    suites: ["e2e"],
    commands: ["ffprobe"],
  },
  {
    debian: "pulseaudio",
    what: "PulseAudio, without which Firefox has no Web Audio on a machine without a sound card",
    elsewhere: "leave it away, and the tests of Firefox that need Web Audio are skipped",
    suites: ["e2e"],
    variable: "PULSEAUDIO",
    commands: ["pulseaudio"],
    skippable: true,
  },
  {
    debian: "redis-server",
    what: "Redis",
    elsewhere: "install it or set REDIS_SERVER to the path of its redis-server",
    suites: ["unit", "e2e"],
    variable: "REDIS_SERVER",
    commands: ["redis-server"],
  },
  {
    debian: "rabbitmq-server",
    what: "RabbitMQ",
    elsewhere: "install it or set RABBITMQ_SERVER to the path of its rabbitmq-server",
    suites: ["unit", "e2e"],
    variable: "RABBITMQ_SERVER",
    // Not the script in sbin, which drops root for a user of its own.
    commands: ["/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"],
  },
  {
    debian: "nginx-light",
    what: "nginx",
    elsewhere: "install it or set NGINX to its path",
    suites: ["unit", "e2e"],
    variable: "NGINX",
    commands: ["nginx"],
  },
  {
    debian: "systemd",
    what: "systemd-analyze, for the unit of examples/deploy",
    elsewhere: "leave it away, and the test of the unit is skipped",
    suites: ["e2e"],
    commands: ["systemd-analyze"],
    skippable: true,
  },
  ...[
    { debian: "iproute2", commands: ["ip"] },
    { debian: "iptables", commands: ["iptables"] },
    { debian: "python3", commands: ["python3"] },
  ].map(({ debian, commands }) => ({
    debian,
    what: `${debian} for the network lab`,
    elsewhere: "leave it away, and the network tests are skipped",
    suites: ["e2e"],
    commands,
    skippable: true,
  })),
];

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/sbin"];

function find({ variable, commands }) {
  const told = variable && process.env[variable];
  if (told) {
    if (!existsSync(told)) throw new Failure(`${variable}=${told} does not exist.`);
    return told;
  }
  return commands
    .flatMap((command) =>
      command.startsWith("/") ? [command] : folders.map((folder) => join(folder, command)),
    )
    .find((path) => existsSync(path));
}

async function aptInstall(packages) {
  console.log(`Installing ${packages.join(", ")} with apt-get…`);
  const apt = (...args) =>
    run("apt-get", args, { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
  const attempt = () => apt("install", "-y", "--no-install-recommends", ...packages);

  let result = await attempt();
  if (result.code !== 0) {
    // A fresh machine has no package lists, an old one lists files that are gone.
    await apt("update");
    result = await attempt();
  }
  if (result.code !== 0) {
    process.stderr.write(result.output);
    throw new Failure(`apt-get install ${packages.join(" ")} failed; its output is above.`);
  }
}

/**
 * Makes sure that what the suites need is there: installs it as root on Debian, says what is missing elsewhere.
 *
 * @param {string[]} suites
 * @returns {Promise<Record<string, string>>} the variables that tell the suites where things are
 */
export async function systemPackages(suites) {
  const needed = needs.filter((need) => need.suites.some((suite) => suites.includes(suite)));
  const missing = needed.filter((need) => find(need) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    await aptInstall(missing.map(({ debian }) => debian));
  }

  const still = needed.filter(
    (need) => find(need) === undefined && !(need.skippable && !process.env.CI),
  );
  if (still.length > 0) {
    const list = still.map(
      ({ what, debian, elsewhere }) => `${what} (Debian: apt install ${debian}; else ${elsewhere})`,
    );
    throw new Failure(`The tests need ${list.join(" and ")}.`);
  }
  return Object.fromEntries(
    needed.flatMap((need) => {
      const path = find(need);
      return need.variable && path ? [[need.variable, path]] : [];
    }),
  );
}
