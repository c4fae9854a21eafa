// For pm2, in place of systemd: npx pm2 start ecosystem.config.cjs
module.exports = {
  apps: [
    {
      name: "cignal-server",
      cwd: "/opt/cignal",
      script: "node_modules/cignal-server/dist/cli.js",
      node_args: ["--env-file=/etc/cignal/cignal.env"],
      // Rooms are in the memory of one process.
      exec_mode: "fork",
      instances: 1,
      // pm2 stops it with SIGINT, which drains like SIGTERM. More than DRAIN_SECONDS, in milliseconds.
      kill_timeout: 930_000,
      env: { NODE_ENV: "production" },
    },
  ],
};
