package dev.synthlab.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.synthlab.config.Secret;
import dev.synthlab.json.Json;
import dev.synthlab.logging.RedactingStream;
import dev.synthlab.logging.Redactor;
import dev.synthlab.testing.Encodings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** A secret is struck out of any text, in bounded time. */
class RedactorFuzzTest {
  private static final long MAX_NANOS = 1_000_000_000;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final List<String> FORMS = new ArrayList<>();

  static {
    String key = "Fuzz-7301/Canary+Zp9";
    String password = "pw:4Q/x9";
    if (Secret.of(key).equals(Secret.of(password))) {
      throw new IllegalStateException();
    }
    FORMS.addAll(Encodings.ofLong(key).values());
    FORMS.addAll(Encodings.ofAny(password).values());
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void strikesEverySecretOutOfAnyText(FuzzedDataProvider data) {
    StringBuilder made = new StringBuilder();
    while (data.remainingBytes() > 0 && made.length() < 4_000) {
      made.append(data.consumeString(60));
      if (data.consumeBoolean()) {
        // A letter or digit beside a form would make it another text.
        made.append(" | ").append(data.pickValue(FORMS)).append(" | ");
      }
    }
    String text = made.toString();
    long begin = CLOCK.getCurrentThreadCpuTime();

    String shown = Redactor.redact(text);
    String cut = Redactor.redactBeginning(text, text.length() / 2);
    RedactingStream stream = Redactor.streamingKnown();
    int half = text.length() / 3;
    String streamed =
        stream.next(text.substring(0, half)) + stream.next(text.substring(half)) + stream.end();

    long took = CLOCK.getCurrentThreadCpuTime() - begin;
    if (took > MAX_NANOS) {
      throw new IllegalStateException(text.length() + " characters took " + took + " ns");
    }
    if (!Redactor.redact(shown).equals(shown)) {
      throw new IllegalStateException("redacting it again changes it: " + shown);
    }
    for (String form : FORMS) {
      if (shown.contains(form) || cut.contains(form) || streamed.contains(form)) {
        throw new IllegalStateException(
            "left: "
                + form
                + " of "
                + Json.mapper().writeValueAsString(List.of(text, shown, cut, streamed)));
      }
    }
  }
}
