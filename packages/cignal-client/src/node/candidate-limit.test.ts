import { expect, it } from "vitest";
import { CandidateLimit } from "./candidate-limit.js";

const candidate = (port: number) => `candidate:1 1 udp 1 127.0.0.1 ${port} typ host`;

const described = (ufrag: string, ports: number[]) =>
  [`a=ice-ufrag:${ufrag}`, ...ports.map((port) => `a=${candidate(port)}`), "a=mid:0", ""].join(
    "\r\n",
  );

const ports = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

it("lets a hundred candidates pass, in descriptions and beside them, and each as often as it comes", () => {
  const limit = new CandidateLimit();
  expect(limit.description(described("one", ports(1, 60)))).toBe(described("one", ports(1, 60)));
  for (const port of ports(1, 100)) expect(limit.passes(candidate(port))).toBe(true);
  for (const port of ports(101, 100)) expect(limit.passes(candidate(port))).toBe(false);
  expect(limit.description(described("one", ports(90, 20)))).toBe(described("one", ports(90, 11)));
});

it("begins anew with other credentials, as after an ICE restart", () => {
  const limit = new CandidateLimit();
  limit.description(described("one", ports(1, 200)));
  expect(limit.description(described("two", ports(201, 200)))).toBe(
    described("two", ports(201, 100)),
  );
});
