export type Nat =
  | "open"
  | "port-restricted"
  | "symmetric"
  | "double"
  | "udp-blocked"
  | "only-tcp-443";

/** What a router does; `double` is two port-restricted ones in a row. */
export type RouterKind = Exclude<Nat, "double">;

/** What comes from outside only as an answer. What is refused is dropped without a word, so that no port is given away. */
const answersOnly = [
  "-A INPUT -i wan -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
  "-A INPUT -i wan -j DROP",
  "-A FORWARD -i wan -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP",
];

const filters: Record<RouterKind, string[]> = {
  open: [],
  "port-restricted": answersOnly,
  symmetric: answersOnly,
  "udp-blocked": ["-A FORWARD -p udp -j DROP", ...answersOnly],
  "only-tcp-443": [
    "-A FORWARD -i lan -p tcp --dport 443 -j ACCEPT",
    "-A FORWARD -i lan -j DROP",
    ...answersOnly,
  ],
};

/** The same port for every destination (RFC 4787, endpoint-independent mapping). */
const MASQUERADE = "-A POSTROUTING -o wan -j MASQUERADE";

const translations: Record<RouterKind, string[]> = {
  open: [],
  "port-restricted": [MASQUERADE],
  symmetric: [`${MASQUERADE} --random-fully`],
  "udp-blocked": [MASQUERADE],
  "only-tcp-443": [MASQUERADE],
};

/** The whole of a router's rules, as `iptables-restore` takes them; they replace all that was there. */
export function routerRules(kind: RouterKind): string {
  const tables = { raw: [], nat: translations[kind], filter: filters[kind] };
  return Object.entries(tables)
    .map(([table, rules]) => [`*${table}`, ...rules, "COMMIT"].join("\n"))
    .join("\n");
}
