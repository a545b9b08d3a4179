package dev.synthlab.logging;

import java.io.Serial;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for an exception whose text must not be printed as it is: the same class name, stack
 * and causes in its text form, without secrets and on one line.
 */
final class RedactedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String shown;

  private RedactedException(String shown, @Nullable Throwable cause) {
    super(shown, cause);
    this.shown = shown;
  }

  /** The exception itself if nothing in it needs to be hidden, else one that stands in for it. */
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
    return shown;
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
      RedactedException shown = copy(suppressed, seen);
      if (shown != null) {
        copy.addSuppressed(shown);
      }
    }
    return copy;
  }

  private static String safe(String text) {
    return Redactor.printableLine(Redactor.redact(text));
  }
}
