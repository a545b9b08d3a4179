package dev.synthlab.logging;

import java.io.Serial;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The redacted copy of an exception: the same class name, stack trace and causes, with messages
 * without secrets and on one line.
 */
final class RedactedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String text;

  private RedactedException(String text, @Nullable Throwable cause) {
    super(text, cause);
    this.text = text;
  }

  /** The exception itself if nothing in it must be hidden, else its redacted copy. */
  static Throwable of(Throwable thrown) {
    if (clean(thrown, seen())) {
      return thrown;
    }
    RedactedException copy = copy(thrown, seen());
    return copy == null ? thrown : copy;
  }

  @Override
  @SuppressWarnings("OverrideThrowableToString") // the class name is part of the message
  public String toString() {
    return text;
  }

  private static Set<Throwable> seen() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static boolean clean(@Nullable Throwable thrown, Set<Throwable> seen) {
    if (thrown == null || !seen.add(thrown)) {
      return true;
    }
    String message = String.valueOf(thrown.getMessage());
    if (!safe(message).equals(message) || !safe(thrown.toString()).equals(thrown.toString())) {
      return false;
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!clean(suppressed, seen)) {
        return false;
      }
    }
    return clean(thrown.getCause(), seen);
  }

  private static @Nullable RedactedException copy(Throwable thrown, Set<Throwable> seen) {
    if (!seen.add(thrown)) {
      return null;
    }
    Throwable cause = thrown.getCause();
    RedactedException copy =
        new RedactedException(safe(thrown.toString()), cause == null ? null : copy(cause, seen));
    copy.setStackTrace(thrown.getStackTrace());
    for (Throwable suppressed : thrown.getSuppressed()) {
      RedactedException redacted = copy(suppressed, seen);
      if (redacted != null) {
        copy.addSuppressed(redacted);
      }
    }
    return copy;
  }

  private static String safe(String text) {
    return Redactor.printableLine(Redactor.redact(text));
  }
}
