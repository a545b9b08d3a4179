package dev.synthlab.llm;

import dev.synthlab.call.ErrorBody;
import dev.synthlab.call.Fault;
import dev.synthlab.http.BodyReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A successful response whose body is not the answer that the API documents. */
final class UnusableResponseException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int EXCERPT = 100;

  private final String body;
  private final transient @Nullable ErrorBody error;

  UnusableResponseException(String reason) {
    this(reason, "", Optional.empty());
  }

  /** With the part of the body that shows it, and the error if the body is one. */
  UnusableResponseException(String reason, String body, Optional<ErrorBody> error) {
    super(reason);
    this.body = body;
    this.error = error.orElse(null);
  }

  private UnusableResponseException(BodyReader.TooLargeException cause, String partial) {
    super(cause.getMessage(), cause);
    this.body = partial;
    this.error = null;
  }

  /** A body of which a part was read when it became too large. */
  static UnusableResponseException tooLarge(BodyReader.TooLargeException cause, String partial) {
    return new UnusableResponseException(cause, partial);
  }

  static UnusableResponseException notJson(JacksonException e, String body) {
    String place = Fault.beginning(e.getOriginalMessage(), EXCERPT);
    return new UnusableResponseException(
        "an answer that is not the JSON expected (" + place + ")", body, Optional.empty());
  }

  UnusableResponseException withBody(String other) {
    return new UnusableResponseException(reason(), other, error());
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  String body() {
    return body;
  }

  Optional<ErrorBody> error() {
    return Optional.ofNullable(error);
  }
}
