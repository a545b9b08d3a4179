package dev.synthlab.external;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.Fault;
import dev.synthlab.call.RequestException;
import java.util.Optional;

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
  record Details(Fault fault, CallReport report, String text) {

    /** Of a call that sent nothing. */
    static Details of(Fault fault) {
      return new Details(fault, CallReports.none(Optional.of(fault)), "");
    }
  }

  /**
   * Creates the exception of a resource that does not exist, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static NotFound notFound(String message) {
    Fault fault = Fault.of(Fault.Kind.NOT_FOUND, message).withStatus(404);
    return new NotFound(Details.of(fault));
  }

  /**
   * Creates the exception of a conflict with the state of the resource, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static Conflict conflict(String message) {
    Fault fault = Fault.of(Fault.Kind.BAD_REQUEST, message).withStatus(409);
    return new Conflict(Details.of(fault));
  }

  /**
   * Creates the exception of a request that the service rejected, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static Rejected rejected(String message) {
    Fault fault = Fault.of(Fault.Kind.BAD_REQUEST, message).withStatus(422);
    return new Rejected(Details.of(fault));
  }

  /**
   * Creates the exception of a response of another form than expected, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static InvalidResponse invalidResponse(String message) {
    Fault fault = Fault.of(Fault.Kind.MALFORMED_RESPONSE, message).withStatus(200);
    return new InvalidResponse(Details.of(fault));
  }

  /**
   * Creates the exception of an address that was blocked, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static AddressBlocked addressBlocked(String message) {
    Fault fault = Fault.of(Fault.Kind.BAD_REQUEST, message);
    return new AddressBlocked(Details.of(fault));
  }

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
