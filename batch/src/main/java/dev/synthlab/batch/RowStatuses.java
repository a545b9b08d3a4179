package dev.synthlab.batch;

import dev.synthlab.call.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The statuses of rows as small numbers: open, answered, answered but cut off by the token limit,
 * and failed with one of the error codes so far. Safe for use by many threads.
 */
final class RowStatuses {
  static final short OPEN = 0;
  static final short ANSWERED = 1;
  static final short TRUNCATED = 2;

  /** The code of an input line that cannot become a request; nothing was sent for it. */
  static final String INVALID_LINE = "invalid_line";

  /** The code of an answer that cannot be written in full. */
  static final String UNWRITABLE = "answer_unwritable";

  /** The code of an answer that needs too much stack or memory. */
  static final String INTERNAL = "internal_error";

  /** The codes that are kept apart; all others are one. */
  private static final int MAX = 10_000;

  private static final int FIRST_FAILURE = 3;

  /** The codes of permanent failures: the same request would fail again. */
  private static final Set<String> PERMANENT =
      Set.of(
          INVALID_LINE,
          UNWRITABLE,
          INTERNAL,
          Fault.MODEL_NOT_FOUND,
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

  /** Whether the same request would fail again. */
  static boolean isPermanent(String code) {
    return PERMANENT.contains(code);
  }

  boolean isInvalidLine(short end) {
    return isFailure(end) && code(end).equals(INVALID_LINE);
  }

  /** Whether a row with this status must be sent. */
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
