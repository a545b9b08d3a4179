package dev.synthlab.json;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** The check of any value by any schema ends in bounded time, and explains a refusal. */
class SchemaFuzzTest {
  private static final long MAX_NANOS = 5_000_000_000L;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void judgesAnyPatternSoon(FuzzedDataProvider data) {
    String source = data.consumeString(60);
    String text = data.consumeString(40).repeat(data.consumeInt(1, 200));
    inBoundedTime(
        () -> {
          try {
            BoundedPattern.of(source).find(text);
          } catch (BoundedPattern.UnjudgedException | IllegalArgumentException e) {
            requireMessage(e);
          }
        });
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void judgesAnyValueByAnySchemaSoon(FuzzedDataProvider data) {
    String schema = data.consumeString(400);
    String value = data.consumeRemainingAsString();
    inBoundedTime(
        () -> {
          try {
            SchemaValidator.Checked checked =
                JsonSchema.parse(schema).check(Map.of("v", tree(value)));
            if (checked.violations().isEmpty()
                && !JsonSchema.parse(schema).check(checked.value()).violations().isEmpty()) {
              throw new IllegalStateException("what was accepted is refused: " + checked.value());
            }
          } catch (IllegalArgumentException e) {
            requireMessage(e);
          }
        });
  }

  private static Object tree(String json) {
    try {
      Object tree = Json.mapper().readValue(json, Object.class);
      return tree == null ? List.of() : tree;
    } catch (JacksonException e) {
      return json;
    }
  }

  private static void inBoundedTime(Runnable check) {
    long begin = CLOCK.getCurrentThreadCpuTime();
    check.run();
    long took = CLOCK.getCurrentThreadCpuTime() - begin;
    if (took > MAX_NANOS) {
      throw new IllegalStateException("the check took " + took + " ns");
    }
  }

  private static void requireMessage(RuntimeException e) {
    if (String.valueOf(e.getMessage()).isBlank()) {
      throw new IllegalStateException("refused without a message", e);
    }
  }
}
