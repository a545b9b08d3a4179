package dev.synthlab.external;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.RequestException;

/**
 * An error response of a service. A failure that can happen to any call (no connection, rate limit,
 * refused key, server error) is a {@link dev.synthlab.call.CallException} instead. Its texts are
 * bounded and contain no secrets.
 */
public abstract sealed class ApiException extends RequestException {
  private static final long serialVersionUID = 1L;

  private final transient String text;

  private ApiException(Details details) {
    super(details.fault().message(), details.fault(), details.report());
    this.text = details.text();
  }

  /** The fault, the report of the call, and the body of the response. */
  record Details(Fault fault, CallReport report, String text) {}

  /**
   * The body of the response.
   *
   * @return its beginning; empty if there was none
   */
  public String text() {
    return text;
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
