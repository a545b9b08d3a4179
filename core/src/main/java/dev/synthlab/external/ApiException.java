package dev.synthlab.external;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a service said that is not the answer asked for. What can happen to any call (no connection,
 * too many requests, a refused key, a server that fails) is a {@link
 * dev.synthlab.call.CallException}. Its texts are bounded and free of secrets.
 */
public abstract sealed class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;
  private final transient CallReport report;
  private final transient String text;

  private ApiException(Details said) {
    super(said.fault().message(), said.fault().cause().orElse(null));
    this.fault = said.fault();
    this.report = said.report();
    this.text = said.text();
  }

  /** What went wrong, how the call went, and the body of the answer. */
  record Details(Fault fault, CallReport report, String text) {}

  /**
   * The HTTP status.
   *
   * @return empty when no answer came
   */
  public OptionalInt status() {
    return fault.status();
  }

  /**
   * The service's own code.
   *
   * @return empty when it named none
   */
  public Optional<String> code() {
    return fault.code();
  }

  /**
   * The service's name for the request, to be quoted to its support.
   *
   * @return empty when it gave none
   */
  public Optional<String> requestId() {
    return fault.requestId();
  }

  /**
   * The body of the answer.
   *
   * @return its beginning; empty when there was none
   */
  public String text() {
    return text;
  }

  /**
   * How the call went.
   *
   * @return attempts and times
   */
  public CallReport report() {
    return report;
  }

  /**
   * Every request that was sent.
   *
   * @return in order
   */
  public List<Attempt> attempts() {
    return report.attempts();
  }

  /** There is no such thing: 404, 410. */
  public static final class NotFound extends ApiException {
    private static final long serialVersionUID = 1L;

    NotFound(Details said) {
      super(said);
    }
  }

  /** It contradicts what is there: 409, 412. */
  public static final class Conflict extends ApiException {
    private static final long serialVersionUID = 1L;

    Conflict(Details said) {
      super(said);
    }
  }

  /** The request is wrong and stays wrong: 400, 422 and the other 4xx. */
  public static final class Rejected extends ApiException {
    private static final long serialVersionUID = 1L;

    Rejected(Details said) {
      super(said);
    }
  }

  /** The body is not what was asked for; the message says where. */
  public static final class InvalidResponse extends ApiException {
    private static final long serialVersionUID = 1L;

    InvalidResponse(Details said) {
      super(said);
    }
  }

  /** The guard refused the address; nothing was sent there. */
  public static final class AddressBlocked extends ApiException {
    private static final long serialVersionUID = 1L;

    AddressBlocked(Details said) {
      super(said);
    }
  }
}
