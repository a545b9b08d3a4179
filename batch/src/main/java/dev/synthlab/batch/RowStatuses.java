package dev.synthlab.batch;

import dev.synthlab.call.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The ways a row can end, each a small number: open, answered, answered but cut off by the token
 * limit, or failed with one of the codes met so far. Safe for use by many threads.
 */
final class RowStatuses {
  static final short OPEN = 0;
  static final short ANSWERED = 1;
  static final short TRUNCATED = 2;

  /** A line of the input that cannot be a request; nothing was sent for it. */
  static final String INVALID_LINE = "invalid_line";

  /** An answer came that no whole line can be made of. */
  static final String UNWRITABLE = "answer_unwritable";

  /** Reading the answer took more stack or memory than there is. */
  static final String INTERNAL = "internal_error";

  /** More codes than any provider has; beyond them all are one. */
  private static final int MAX = 10_000;

  private static final int FIRST_FAILURE = 3;

  /** The answer to the same request would be the same again. */
  private static final Set<String> PERMANENT =
      Set.of(
          INVALID_LINE,
          UNWRITABLE,
          INTERNAL,
          Fault.Kind.BAD_REQUEST.code(),
          "refusal",
          "content_filter",
          "length");

  private final List<String> codes = new ArrayList<>();

  synchronized short failed(String code) {
    int known = codes.indexOf(code);
    if (known < 0) {
      codes.add(codes.size() < MAX ? code : "other");
      known = codes.size() - 1;
    }
    return (short) (known + FIRST_FAILURE);
  }

  synchronized String code(short end) {
    return codes.get(end - FIRST_FAILURE);
  }

  static boolean isFailure(short end) {
    return end >= FIRST_FAILURE;
  }

  /** Whether the same request would end so again. */
  static boolean isPermanent(String code) {
    return PERMANENT.contains(code);
  }

  boolean isInvalidLine(short end) {
    return isFailure(end) && code(end).equals(INVALID_LINE);
  }

  /** Whether a row that ended so is still to be sent. */
  boolean isToSend(short end, BulkOptions.Retry retry) {
    if (!isFailure(end)) {
      return end == OPEN;
    }
    return switch (retry) {
      case NO -> false;
      case TRANSIENT -> !isPermanent(code(end));
      case ALL -> true;
    };
  }
}
