export { collectMetrics, type Metrics, type MetricsOptions } from "./operations/metrics.js";
