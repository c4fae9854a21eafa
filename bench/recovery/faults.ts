import { setTimeout } from "node:timers/promises";
import type { Lab } from "e2e/network/lab";

/** How long the server and the link are down. */
const DOWN_MS = 5_000;

interface Fault {
  title: string;
  /** Whether the call runs through the TURN server. */
  relayed?: boolean;
  /** Resolves with how long nothing at all could pass, in milliseconds. */
  inflict: (lab: Lab) => Promise<number>;
  /** What is wanted of Cignal. */
  wanted: string;
}

const FAULTS = {
  none: {
    title: "nothing, for comparison",
    inflict: () => setTimeout(DOWN_MS, 0),
    wanted: "",
  },
  server: {
    title: "server killed, back after 5 s",
    inflict: async (lab) => {
      await lab.killServer();
      await setTimeout(DOWN_MS);
      await lab.startServer();
      return 0;
    },
    wanted: "0",
  },
  machine: {
    title: "machine's address changed",
    inflict: async ({ homes }) => {
      await homes[0].moveMachine();
      return 0;
    },
    wanted: "p95 ≤ 2,000",
  },
  router: {
    title: "router's public address changed",
    inflict: async ({ homes }) => {
      await homes[0].moveRouter();
      return 0;
    },
    wanted: "p95 ≤ 2,000",
  },
  link: {
    title: "link down 5 s, from when it is back",
    inflict: async ({ homes }) => {
      await homes[0].cut();
      const began = performance.now();
      await setTimeout(DOWN_MS);
      const down = performance.now() - began;
      await homes[0].mend();
      return down;
    },
    wanted: "≤ 1,000",
  },
  turn: {
    title: "TURN server restarted, relay only",
    relayed: true,
    inflict: async ({ turn }) => {
      await turn.restart();
      return 0;
    },
    wanted: "",
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
export const faultOf = (name: FaultName): Fault => FAULTS[name];
