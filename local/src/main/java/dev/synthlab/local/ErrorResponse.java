package dev.synthlab.local;

import java.util.Optional;

/** An error response, in the format of an OpenAI server. */
final class ErrorResponse extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String param;
  private final String code;

  /** An empty {@code param} or {@code code} is written as null. */
  ErrorResponse(int status, String param, String code, String message) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }

  static ErrorResponse badRequest(String param, String message) {
    return new ErrorResponse(400, param, "invalid_value", message);
  }

  int status() {
    return status;
  }

  Optional<String> param() {
    return Optional.of(param).filter(text -> !text.isEmpty());
  }

  Optional<String> code() {
    return Optional.of(code).filter(text -> !text.isEmpty());
  }
}
