import { startRedis } from "@cignal/services";
import { Redis as Client } from "ioredis";

/** A Redis whose processor time is counted. */
export class RedisUnderTest {
  private constructor(
    private readonly server: Awaited<ReturnType<typeof startRedis>>,
    private readonly client: Client,
  ) {}

  static async start(): Promise<RedisUnderTest> {
    const server = await startRedis();
    return new RedisUnderTest(server, new Client(server.url));
  }

  get url(): string {
    return this.server.url;
  }

  /** Microseconds of processor time since it began, in user code and in the kernel. */
  async cpu(): Promise<number> {
    const info = await this.client.info("cpu");
    const seconds = (name: string) => Number(new RegExp(`^${name}:(.*)`, "m").exec(info)?.[1]);
    return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1_000_000;
  }

  async close() {
    this.client.disconnect();
    await this.server[Symbol.asyncDispose]();
  }
}
