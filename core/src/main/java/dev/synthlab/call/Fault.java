package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.logging.Redactor;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The reason why one attempt failed. Its texts contain no secrets and no control characters.
 *
 * @param kind the kind of fault
 * @param message the description, with the message of the server if there is one
 * @param status the HTTP status, if there was a response
 * @param code the error code of the server, for example {@code insufficient_quota}
 * @param parameter the request parameter that the server rejected
 * @param requestId the request id that the server assigned
 * @param retryAfter the time to wait, as named by the server or by the limits of the route
 * @param partial the text that had arrived before the fault
 * @param cause the exception of the layer below
 */
@Internal
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

  /** The code of a model that the server does not have, however the server says so. */
  public static final String MODEL_NOT_FOUND = "model_not_found";

  /** The kinds of fault, each with its {@link CallException}. */
  public enum Kind {
    /** The request is invalid: 400, 413, 422. */
    BAD_REQUEST("bad_request"),
    /** The content filter of the server refused the request; nothing was generated. */
    PROMPT_FILTERED("content_filter"),
    /** The credential was rejected: 401, 403. */
    AUTHENTICATION("authentication"),
    /** The model or the address does not exist: 404. */
    NOT_FOUND("not_found"),
    /** The quota of the account is used up: 402, {@code insufficient_quota}, a limit per day. */
    QUOTA_EXCEEDED("quota_exceeded"),
    /** The budget does not allow the call; nothing was sent. */
    BUDGET_EXCEEDED("budget_exceeded"),
    /** There were too many requests: 429, or a response that names a time to wait. */
    RATE_LIMITED("rate_limited"),
    /** The server failed, probably transiently: 408, 409, 5xx. */
    SERVER_FAILED("server_failed"),
    /** The connection failed or broke. */
    CONNECTION_FAILED("connection_failed"),
    /** The certificate of the server is not trusted. */
    TLS_FAILED("tls_failed"),
    /** The timeout or the deadline was exceeded. */
    DEADLINE_EXCEEDED("deadline_exceeded"),
    /** The response cannot be parsed. */
    MALFORMED_RESPONSE("malformed_response"),
    /** The response is larger than allowed. */
    RESPONSE_TOO_LARGE("response_too_large"),
    /** The server answered with a redirect, which is not followed. */
    REDIRECTED("redirected"),
    /** A stream broke after its first text. */
    STREAM_INTERRUPTED("stream_interrupted"),
    /** The circuit breaker of the route is open; nothing was sent. */
    CIRCUIT_OPEN("circuit_open"),
    /** The caller interrupted or closed the call. */
    CANCELLED("cancelled");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /**
     * The name of the kind in records and reports.
     *
     * @return lower case, with underscores
     */
    public String code() {
      return code;
    }
  }

  /** Redacts the texts. */
  public Fault {
    Objects.requireNonNull(kind);
    message = Redactor.printableLine(oneLine(Redactor.redact(message)));
    code = code.map(c -> Redactor.printableLine(Redactor.redact(c)));
    requestId = requestId.map(id -> Redactor.printableLine(Redactor.redact(id)));
    partial = partial.map(Redactor::redactKnown);
  }

  /** The text with a space in place of each line break and the spaces around it. */
  private static String oneLine(String text) {
    boolean lines = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    return lines
        ? text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining(" "))
        : text;
  }

  /**
   * The beginning of a text, redacted: also a secret that the cut leaves incomplete.
   *
   * @param text any text
   * @param limit the maximum number of characters
   * @return the redacted text
   */
  public static String beginning(String text, int limit) {
    String clean = Redactor.redactBeginning(text, limit);
    return text.length() > limit ? clean + "…" : clean;
  }

  /**
   * Whether the server does not have the model of the request.
   *
   * @return true for a fault with the code {@link #MODEL_NOT_FOUND}
   */
  public boolean isUnknownModel() {
    return kind == Kind.NOT_FOUND && code.filter(MODEL_NOT_FOUND::equals).isPresent();
  }

  /**
   * The code of the fault in results, in counts and in the ledger.
   *
   * @return the code of the kind, or {@link #MODEL_NOT_FOUND}
   */
  public String resultCode() {
    return isUnknownModel() ? MODEL_NOT_FOUND : kind.code();
  }

  /**
   * Creates a fault with a message only.
   *
   * @param kind the kind of fault
   * @param message the description
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
   * The same fault with a cause.
   *
   * @param reason the exception of the layer below
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
   * The same fault with another kind and message.
   *
   * @param other the kind
   * @param description the message
   * @return a new fault
   */
  public Fault as(Kind other, String description) {
    return new Fault(
        other, description, status, code, parameter, requestId, retryAfter, partial, cause);
  }

  /**
   * The same fault with an error code of the server.
   *
   * @param other the code
   * @return a new fault
   */
  public Fault withCode(String other) {
    return new Fault(
        kind,
        message,
        status,
        Optional.of(other),
        parameter,
        requestId,
        retryAfter,
        partial,
        cause);
  }

  /**
   * The same fault with a time to wait.
   *
   * @param wait the time
   * @return a new fault
   */
  public Fault after(Duration wait) {
    return new Fault(
        kind, message, status, code, parameter, requestId, Optional.of(wait), partial, cause);
  }

  /**
   * The same fault with an HTTP status.
   *
   * @param number of the status
   * @return a new fault
   */
  public Fault withStatus(int number) {
    return new Fault(
        kind,
        message,
        OptionalInt.of(number),
        code,
        parameter,
        requestId,
        retryAfter,
        partial,
        cause);
  }

  /**
   * The same fault with the text that had arrived.
   *
   * @param text the text
   * @return a new fault
   */
  public Fault withPartial(String text) {
    return new Fault(
        kind, message, status, code, parameter, requestId, retryAfter, Optional.of(text), cause);
  }
}
