/** A variable of the environment, for `--help`. */
interface Variable {
  readonly name: string;
  readonly about: string;
  /** What holds without it. Absent: nothing does. */
  readonly fallback?: string;
}

interface VariableGroup {
  readonly title: string;
  readonly variables: readonly Variable[];
}

const variable = (name: string, about: string, fallback?: string | number): Variable => ({
  name,
  about,
  ...(fallback !== undefined && { fallback: String(fallback) }),
});

/** All that the stand-alone server reads. `.env.example` has the same, as a test makes sure. */
export const VARIABLES: readonly VariableGroup[] = [
  {
    title: "Where it listens",
    variables: [
      variable("HOST", "the address to listen on", "0.0.0.0"),
      variable("PORT", "the port; 0 takes any free one", 8080),
      variable(
        "HTTPS",
        "1 encrypts, with a certificate made at start unless the next two are set",
        0,
      ),
      variable("HTTPS_CERT", "path of a certificate, PEM"),
      variable("HTTPS_KEY", "path of its key, PEM"),
      variable("TRUST_PROXY", "how many proxies, such as nginx, each connection passes", 0),
    ],
  },
  {
    title: "Who may enter (docs/secure.md)",
    variables: [
      variable(
        "ALLOWED_ORIGINS",
        "origins whose pages may connect, with commas between; all without it",
      ),
      variable("REQUIRE_ORIGIN", "1 refuses clients that send no origin, which are no browsers", 0),
      variable("JWT_SECRET", "tokens are needed, signed with this secret of 32 bytes or more"),
      variable("JWT_JWKS_URL", "or: tokens are needed, signed with a key that is published there"),
      variable("JWT_ISSUER", "what their claim iss must be"),
      variable("JWT_AUDIENCE", "what their claim aud must be"),
      variable("JWT_REQUIRE_ROOM", "0: a token that names no room opens all", 1),
    ],
  },
  {
    title: "Rooms",
    variables: [
      variable("GROUP_ROOMS", "1: rooms are for groups, of up to 8", 0),
      variable("MAX_PEERS", "how many people a room holds; 2 without it, or 8"),
      variable("GRACE_PERIOD_SECONDS", "how long who has lost the connection keeps the place", 30),
      variable("RETURN_PERIOD_SECONDS", "the same for who has closed or reloaded the page", 5),
    ],
  },
  {
    title: "How people reach each other",
    variables: [
      variable(
        "ICE_SERVERS",
        "a list of RTCIceServer as JSON",
        '[{"urls":"stun:stun.l.google.com:19302"}]',
      ),
      variable("TURN_URLS", "URLs of TURN servers, with commas between"),
      variable("TURN_SECRET", "the secret that they share (coturn: static-auth-secret)"),
      variable("TURN_TTL", "how long their credentials are valid, in seconds", 3600),
      variable("RELAY_ONLY", "1: over TURN alone, so that nobody learns another's address", 0),
    ],
  },
  {
    title: "Limits (docs/server.md)",
    variables: [
      variable("SOCKET_MESSAGES_PER_SECOND", "messages of one socket, in the long run", 50),
      variable("SOCKET_BURST", "messages of one socket, at once", 200),
      variable("ROOM_MESSAGES_PER_SECOND", "signals in one room, in the long run", 500),
      variable("ROOM_BURST", "signals in one room, at once", 2000),
      variable("ADDRESS_LIMITS", "0 takes the next three away", 1),
      variable("ADDRESS_CONNECTIONS", "connections of one network address", 1000),
      variable("ADDRESS_HANDSHAKES_PER_MINUTE", "handshakes of one network address", 2000),
      variable("ADDRESS_ROOMS_PER_MINUTE", "new rooms of one network address", 600),
    ],
  },
  {
    title: "Many nodes (docs/scale.md)",
    variables: [variable("REDIS_URL", "the Redis in which they keep their rooms")],
  },
  {
    title: "Live events (docs/live-events.md)",
    variables: [
      variable("RABBITMQ_URL", "the RabbitMQ to which they go"),
      variable("WEBHOOK_URL", "the web address to which they go"),
      variable("WEBHOOK_SECRET", "what they are signed with there"),
    ],
  },
  {
    title: "For those who run it (docs/operate.md)",
    variables: [
      variable("LOG_LEVEL", "error, warn, info or debug", "info"),
      variable(
        "OPERATOR_TOKEN",
        "what /metrics, /rooms and the like ask for, 16 to 512 characters",
      ),
      variable("OPERATOR_PORT", "a port for them alone, where /metrics needs no token"),
      variable("OPERATOR_HOST", "the address that this port listens on", "127.0.0.1"),
      variable(
        "DRAIN_SECONDS",
        "how long calls may go on after SIGTERM; a second one ends it at once",
        0,
      ),
    ],
  },
];

/** As `--help` shows them. */
export function describeVariables(): string {
  const names = VARIABLES.flatMap(({ variables }) => variables.map(({ name }) => name));
  const width = Math.max(...names.map(({ length }) => length));
  return VARIABLES.map(({ title, variables }) => {
    const lines = variables.map(({ name, about, fallback }) => {
      return `  ${name.padEnd(width)}  ${about}${fallback ? ` (${fallback})` : ""}`;
    });
    return [`${title}:`, ...lines, ""].join("\n");
  }).join("\n");
}
