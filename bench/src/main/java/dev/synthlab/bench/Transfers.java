package dev.synthlab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Files of a gigabyte out and in by an {@code ApiClient}, in a process with a small heap. Fails
 * when bytes are missing or the heap does not do.
 */
public final class Transfers {
  private static final int DEFAULT_MEGABYTES = 1024;
  private static final int HEAP_MEGABYTES = 32;
  private static final double MEGA = 1 << 20;

  private Transfers() {}

  /**
   * Runs every way.
   *
   * @param args maybe {@code --megabytes N}
   * @throws IOException when the other process ends before its time
   */
  public static void main(String[] args) throws IOException {
    int megabytes = new Options(args, "--megabytes").number("--megabytes", DEFAULT_MEGABYTES);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "; transfers in a heap of " + HEAP_MEGABYTES + " MB\n");
    bounds.open("transfer", "measured", "bound");
    Path file = Files.createTempFile("synthlab-bench", ".bin");
    try (BulkServer server = new BulkServer((long) megabytes << 20);
        Child child =
            Child.start(
                TransfersProbe.class,
                List.of("-Xmx" + HEAP_MEGABYTES + "m", "-XX:+UseSerialGC"),
                server.base().toString(),
                Long.toString((long) megabytes << 20),
                file.toString())) {
      for (int i = 0; i < TransfersProbe.WAYS; i++) {
        row(child.hear(TransfersProbe.MARK).split("\\|"), megabytes, server, bounds);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    System.exit(bounds.exitCode());
  }

  private static void row(String[] told, int megabytes, BulkServer server, Bounds bounds) {
    long bytes = Math.max(Long.parseLong(told[1]), server.swallowed());
    double seconds = Long.parseLong(told[2]) / 1e9;
    String figure =
        String.format(
            Locale.ROOT,
            "%.0f MB in %.1f s (%.0f MB/s), %.1f MB of heap in use at its end",
            bytes / MEGA,
            seconds,
            bytes / MEGA / seconds,
            Long.parseLong(told[3]) / MEGA);
    bounds.row(told[0], figure, "≥ " + megabytes + " MB", whole(bytes, megabytes));
  }

  /** A form has a few bytes around the file. */
  private static boolean whole(long bytes, int megabytes) {
    long min = (long) megabytes << 20;
    return bytes >= min && bytes < min + 1_000;
  }
}
