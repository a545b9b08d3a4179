package dev.synthlab.json;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** Whatever a schema and a value say, the check ends soon, and with words when it refuses. */
class SchemaFuzzTest {
  private static final long MAX = 20_000_000_000L;

  @FuzzTest(maxDuration = "40m", maxExecutions = 250_000)
  void judgesAnyPatternSoon(FuzzedDataProvider data) {
    String source = data.consumeString(60);
    String text = data.consumeString(40).repeat(data.consumeInt(1, 200));
    soon(
        () -> {
          try {
            BoundedPattern.of(source).find(text);
          } catch (BoundedPattern.UnjudgedException | IllegalArgumentException e) {
            worded(e);
          }
        });
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 250_000)
  void judgesAnyValueByAnySchemaSoon(FuzzedDataProvider data) {
    String schema = data.consumeString(400);
    String value = data.consumeRemainingAsString();
    soon(
        () -> {
          try {
            SchemaValidator.Checked checked =
                JsonSchema.parse(schema).check(Map.of("v", tree(value)));
            if (checked.violations().isEmpty()
                && !JsonSchema.parse(schema).check(checked.value()).violations().isEmpty()) {
              throw new IllegalStateException("what was taken is refused: " + checked.value());
            }
          } catch (IllegalArgumentException e) {
            worded(e);
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

  private static void soon(Runnable check) {
    long start = System.nanoTime();
    check.run();
    if (System.nanoTime() - start > MAX) {
      throw new IllegalStateException("took longer than 20 s");
    }
  }

  private static void worded(RuntimeException e) {
    if (String.valueOf(e.getMessage()).isBlank()) {
      throw new IllegalStateException("refused without a word", e);
    }
  }
}
