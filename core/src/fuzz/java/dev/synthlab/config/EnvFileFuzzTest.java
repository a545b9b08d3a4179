package dev.synthlab.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.synthlab.config.ConfigException.Problem;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Optional;

/** Any text of a {@code .env} file is read, or refused with a message, in bounded time. */
class EnvFileFuzzTest {
  private static final long MAX_NANOS = 1_000_000_000;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyText(FuzzedDataProvider data) {
    int times = data.consumeInt(1, 8);
    String text = data.consumeRemainingAsString().repeat(times);
    long start = CLOCK.getCurrentThreadCpuTime();
    EnvFile file = EnvFile.of(text);
    long took = CLOCK.getCurrentThreadCpuTime() - start;
    if (took > MAX_NANOS) {
      throw new IllegalStateException(text.length() + " characters took " + took + " ns");
    }
    if (file.entries().size() > text.length() / 2 + 1 || file.problems().size() > 20) {
      throw new IllegalStateException("more came out than went in");
    }
    file.problems().forEach(EnvFileFuzzTest::check);
    file.entries().forEach((name, entry) -> check(file, name, entry));
  }

  private static void check(Problem problem) {
    String words = problem.where() + problem.allowed();
    if (problem.allowed().isBlank() || words.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalStateException("not one line of text: " + problem);
    }
  }

  private static void check(EnvFile file, String name, EnvFile.Entry entry) {
    VariableEffect effect = EnvFilePolicy.effect(name);
    boolean may = effect.harmless() || effect == VariableEffect.RECORD;
    if (file.applied(name).isPresent() && !may) {
      throw new IllegalStateException(name + " is applied");
    }
    if (!entry.value().contains("'") && entry.value().chars().noneMatch(c -> c < ' ')) {
      Optional<EnvFile.Entry> again =
          Optional.ofNullable(EnvFile.of(name + "='" + entry.value() + "'").entries().get(name));
      if (!again.map(EnvFile.Entry::value).equals(Optional.of(entry.value()))) {
        throw new IllegalStateException(name + " reads differently when it is written again");
      }
    }
  }
}
