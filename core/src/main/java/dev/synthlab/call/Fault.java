package dev.synthlab.call;

import dev.synthlab.logging.Redactor;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What went wrong in one attempt. Its text is free of secrets and of control characters.
 *
 * @param kind what sort of fault
 * @param message what happened, in words, with the server's text where there is one
 * @param status the HTTP status, if an answer came
 * @param code the server's own code, for example {@code insufficient_quota}
 * @param parameter the request parameter the server named as the culprit
 * @param requestId the server's name for the request
 * @param retryAfter how long the server, or our own traffic, asked to wait
 * @param partial text that had come before the fault
 * @param cause what the layer below said
 */
public record Fault(
    Kind kind,
    String message,
    OptionalInt status,
    Optional<String> code,
    Optional<String> parameter,
    Optional<String> requestId,
    Optional<Duration> retryAfter,
    Optional<String> partial,
    Optional<Throwable> cause) {

  /** The sorts of fault, each with one {@link CallException}. */
  public enum Kind {
    /** The request is wrong and stays wrong: 400, 413, 422. */
    BAD_REQUEST("bad_request"),
    /** The credential was refused: 401, 403. */
    AUTHENTICATION("authentication"),
    /** There is no such model or address: 404. */
    NOT_FOUND("not_found"),
    /** The account has no money left: 429 {@code insufficient_quota}. */
    QUOTA_EXCEEDED("quota_exceeded"),
    /** A bound of ours on what calls may cost; nothing was sent. */
    BUDGET_EXCEEDED("budget_exceeded"),
    /** Too many requests: 429, or any answer that names a time to wait. */
    RATE_LIMITED("rate_limited"),
    /** The server failed in passing: 408, 409, 5xx. */
    SERVER_FAILED("server_failed"),
    /** No connection, or it broke. */
    CONNECTION_FAILED("connection_failed"),
    /** The server could not prove who it is. */
    TLS_FAILED("tls_failed"),
    /** The time was over. */
    DEADLINE_EXCEEDED("deadline_exceeded"),
    /** The answer cannot be read as what it should be. */
    MALFORMED_RESPONSE("malformed_response"),
    /** The answer is larger than allowed. */
    RESPONSE_TOO_LARGE("response_too_large"),
    /** The server sent us elsewhere; we do not go. */
    REDIRECTED("redirected"),
    /** A stream broke after its first text. */
    STREAM_INTERRUPTED("stream_interrupted"),
    /** The route is closed by its breaker; nothing was sent. */
    CIRCUIT_OPEN("circuit_open"),
    /** The caller interrupted or closed the call. */
    CANCELLED("cancelled");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /**
     * The word for it in records and reports.
     *
     * @return lower case, with underscores
     */
    public String code() {
      return code;
    }
  }

  /** Cleans the texts. */
  public Fault {
    Objects.requireNonNull(kind);
    message = Redactor.printableLine(Redactor.redact(message));
    code = code.map(c -> Redactor.printableLine(Redactor.redact(c)));
    requestId = requestId.map(id -> Redactor.printableLine(Redactor.redact(id)));
    partial = partial.map(Redactor::redactKnown);
  }

  /**
   * The beginning of a text, secrets struck out, the first part of one at the end included.
   *
   * @param text any text
   * @param limit the most characters
   * @return clean, and short
   */
  public static String beginning(String text, int limit) {
    String clean = Redactor.redactBeginning(text, limit);
    return text.length() > limit ? clean + "…" : clean;
  }

  /**
   * A fault with a message only.
   *
   * @param kind what sort
   * @param message what happened
   * @return the fault
   */
  public static Fault of(Kind kind, String message) {
    return new Fault(
        kind,
        message,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The same fault and what caused it.
   *
   * @param reason what the layer below said
   * @return a new fault
   */
  public Fault because(Throwable reason) {
    return new Fault(
        kind,
        message,
        status,
        code,
        parameter,
        requestId,
        retryAfter,
        partial,
        Optional.of(reason));
  }

  /**
   * The same fault as another sort.
   *
   * @param other the sort
   * @param words what happened
   * @return a new fault
   */
  public Fault as(Kind other, String words) {
    return new Fault(other, words, status, code, parameter, requestId, retryAfter, partial, cause);
  }

  /**
   * The same fault with a time to wait.
   *
   * @param wait how long
   * @return a new fault
   */
  public Fault after(Duration wait) {
    return new Fault(
        kind, message, status, code, parameter, requestId, Optional.of(wait), partial, cause);
  }

  /**
   * The same fault with the text that had come.
   *
   * @param text what had come
   * @return a new fault
   */
  public Fault withPartial(String text) {
    return new Fault(
        kind, message, status, code, parameter, requestId, retryAfter, Optional.of(text), cause);
  }
}
