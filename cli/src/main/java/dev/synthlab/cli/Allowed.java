package dev.synthlab.cli;

import dev.synthlab.logging.Redactor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses option values that no server can make sense of, before anything is sent. */
final class Allowed {
  private static final Set<String> OURS =
      Set.of("messages", "model", "stream", "stream_options", "prompt");

  private Allowed() {}

  static void temperature(@Nullable Double value) {
    if (value != null && !(value >= 0 && Double.isFinite(value))) {
      throw refused("--temperature", value.toString(), "must be a number from 0 on");
    }
  }

  static void count(String flag, @Nullable Long value) {
    if (value != null && value < 1) {
      throw refused(flag, value.toString(), "must be a whole number from 1 on");
    }
  }

  static void maxTokens(@Nullable Integer value) {
    count("--max-tokens", value == null ? null : Long.valueOf(value));
  }

  static void parameter(String name) {
    if (name.isBlank()) {
      throw new UsageException("-P needs a name: -P top_p=0.9");
    }
    if (name.equals("model")) {
      throw new UsageException("-P model=... is not for this; use --model NAME");
    }
    if (OURS.contains(name)) {
      String hint = name.startsWith("stream") ? "; use --stream" : "; the rows of IN say that";
      throw new UsageException("-P cannot set " + name + hint);
    }
  }

  static void path(String name, String value) {
    if (value.isBlank()) {
      throw new UsageException(name + " is empty");
    }
  }

  /** What is said of a value that cannot be. */
  static UsageException refused(String flag, String value, String allowed) {
    return new UsageException(flag + " is " + Redactor.printableLine(value) + ", " + allowed);
  }
}
