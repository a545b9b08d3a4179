package dev.synthlab.external;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An error response of a service. A failure that can happen to any call (no connection, rate limit,
 * refused key, server error) is a {@link dev.synthlab.call.CallException} instead. Its texts are
 * bounded and contain no secrets.
 */
public abstract sealed class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;
  private final transient CallReport report;
  private final transient String text;

  private ApiException(Details details) {
    super(details.fault().message(), details.fault().cause().orElse(null));
    this.fault = details.fault();
    this.report = details.report();
    this.text = details.text();
  }

  /** The fault, the report of the call, and the body of the response. */
  record Details(Fault fault, CallReport report, String text) {}

  /**
   * The HTTP status.
   *
   * @return empty if there was no response
   */
  public OptionalInt status() {
    return fault.status();
  }

  /**
   * The error code of the service.
   *
   * @return empty if the response has none
   */
  public Optional<String> code() {
    return fault.code();
  }

  /**
   * The request id that the service assigned.
   *
   * @return empty if the response has none
   */
  public Optional<String> requestId() {
    return fault.requestId();
  }

  /**
   * The body of the response.
   *
   * @return its beginning; empty if there was none
   */
  public String text() {
    return text;
  }

  /**
   * The report of the call.
   *
   * @return attempts and times
   */
  public CallReport report() {
    return report;
  }

  /**
   * The attempts of the call.
   *
   * @return in order
   */
  public List<Attempt> attempts() {
    return report.attempts();
  }

  /** The requested resource does not exist: 404, 410. */
  public static final class NotFound extends ApiException {
    private static final long serialVersionUID = 1L;

    NotFound(Details details) {
      super(details);
    }
  }

  /** The request conflicts with the state of the resource: 409, 412. */
  public static final class Conflict extends ApiException {
    private static final long serialVersionUID = 1L;

    Conflict(Details details) {
      super(details);
    }
  }

  /** The request is invalid and would be rejected again: 400, 422 and other 4xx. */
  public static final class Rejected extends ApiException {
    private static final long serialVersionUID = 1L;

    Rejected(Details details) {
      super(details);
    }
  }

  /** The response body does not have the expected form; the message names the field. */
  public static final class InvalidResponse extends ApiException {
    private static final long serialVersionUID = 1L;

    InvalidResponse(Details details) {
      super(details);
    }
  }

  /** The address is not public and was blocked; nothing was sent to it. */
  public static final class AddressBlocked extends ApiException {
    private static final long serialVersionUID = 1L;

    AddressBlocked(Details details) {
      super(details);
    }
  }
}
