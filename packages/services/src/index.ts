export { freePort } from "./free-port.js";
export { type Nginx, startNginx } from "./nginx.js";
export { type PulseAudio, startPulseAudio } from "./pulseaudio.js";
export { type RabbitMQ, startRabbitMQ } from "./rabbitmq.js";
export { type Redis, startRedis } from "./redis.js";
