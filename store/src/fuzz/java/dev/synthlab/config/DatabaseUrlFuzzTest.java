package dev.synthlab.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGProperty;

/** No address of a server names code that the driver loads, and a refusal shows nothing of it. */
class DatabaseUrlFuzzTest {
  private static final long MAX_NANOS = 1_000_000_000;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  /** The properties of the driver that name a class or a file to write. */
  private static final Set<String> CODE =
      Stream.of(PGProperty.values())
          .map(property -> property.getName().toLowerCase(Locale.ROOT))
          .filter(name -> name.matches(".*(factory|verifier|callback|plugin.*|loggerfile)"))
          .collect(Collectors.toSet());

  private static final List<String> PIECES =
      Stream.concat(
              Stream.of(
                  "jdbc:",
                  "postgres://",
                  "postgresql://",
                  "u:p@",
                  "h",
                  "[::1]",
                  ":5432",
                  ",",
                  "/lab",
                  "?",
                  "&",
                  "=",
                  "#",
                  "%",
                  "%3d",
                  "%26",
                  "%00",
                  " ",
                  "sslmode",
                  "require",
                  "user"),
              Stream.of(PGProperty.values()).map(PGProperty::getName))
          .toList();

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyAddressOfAServer(FuzzedDataProvider data) {
    StringBuilder address = new StringBuilder(data.consumeBoolean() ? "postgres://u:p@h/lab?" : "");
    while (data.remainingBytes() > 0 && address.length() < 400) {
      address.append(data.consumeBoolean() ? data.pickValue(PIECES) : data.consumeString(4));
    }
    String text = address.toString();
    long begin = CLOCK.getCurrentThreadCpuTime();
    try {
      for (String name : DatabaseUrl.parse(text).parameters().keySet()) {
        require(!CODE.contains(name.toLowerCase(Locale.ROOT)), "accepted: " + name);
      }
    } catch (IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      require(text.length() < 20 || !reason.contains(text), "it shows the address: " + reason);
    }
    long took = CLOCK.getCurrentThreadCpuTime() - begin;
    require(took < MAX_NANOS, "the check took " + took + " ns");
  }

  private static void require(boolean holds, String reason) {
    if (!holds) {
      throw new IllegalStateException(reason);
    }
  }
}
