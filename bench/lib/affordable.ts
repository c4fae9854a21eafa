/** The descriptors that a process needs beside those of its idle peers. */
const SPARE_DESCRIPTORS = 200;

/** Each idle peer takes a file descriptor at the server, of which a process may have only so many. */
export function affordable(rooms: number): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { hard: unknown } } };
  const limit = Number(report.userLimits?.open_files?.hard);
  return Number.isFinite(limit) ? Math.min(rooms, limit - SPARE_DESCRIPTORS) : rooms;
}
