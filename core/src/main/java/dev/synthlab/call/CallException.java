package dev.synthlab.call;

import java.time.Duration;
import java.util.Optional;

/**
 * The exception of a call that failed permanently; its class is the kind of the last fault. It has
 * the report of all attempts. Its message contains no secrets.
 */
public abstract sealed class CallException extends RequestException {
  private static final long serialVersionUID = 1L;

  private CallException(Fault fault, CallReport report) {
    super(text(fault, report), fault, report);
  }

  /**
   * Creates the exception of a fault.
   *
   * @param fault the last fault
   * @param report the record of the call
   * @return the exception of its kind
   */
  public static CallException of(Fault fault, CallReport report) {
    return switch (fault.kind()) {
      case BAD_REQUEST -> new BadRequest(fault, report);
      case PROMPT_FILTERED -> new PromptFiltered(fault, report);
      case AUTHENTICATION -> new Authentication(fault, report);
      case NOT_FOUND -> new NotFound(fault, report);
      case QUOTA_EXCEEDED -> new QuotaExceeded(fault, report);
      case BUDGET_EXCEEDED -> new BudgetExceeded(fault, report);
      case RATE_LIMITED -> new RateLimited(fault, report);
      case SERVER_FAILED -> new ServerFailed(fault, report);
      case CONNECTION_FAILED -> new ConnectionFailed(fault, report);
      case TLS_FAILED -> new TlsFailed(fault, report);
      case DEADLINE_EXCEEDED -> new DeadlineExceeded(fault, report);
      case MALFORMED_RESPONSE -> new MalformedResponse(fault, report);
      case RESPONSE_TOO_LARGE -> new ResponseTooLarge(fault, report);
      case REDIRECTED -> new Redirected(fault, report);
      case STREAM_INTERRUPTED -> new StreamInterrupted(fault, report);
      case CIRCUIT_OPEN -> new CircuitOpen(fault, report);
      case CANCELLED -> new Cancelled(fault, report);
    };
  }

  private static String text(Fault fault, CallReport report) {
    int sent = report.attempts().size();
    if (sent < 2) {
      return fault.message();
    }
    long millis = report.elapsed().toMillis();
    return fault.message() + " (after " + sent + " attempts in " + millis + " ms)";
  }

  /**
   * The time to wait before another call.
   *
   * @return empty if the server named none
   */
  public Optional<Duration> retryAfter() {
    return fault().retryAfter();
  }

  /**
   * The text that had arrived before the call failed.
   *
   * @return empty if there was none
   */
  public Optional<String> partial() {
    return fault().partial();
  }

  /** The request is invalid; the message of the server says why. */
  public static final class BadRequest extends CallException {
    private static final long serialVersionUID = 1L;

    private BadRequest(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The content filter of the server refused the request; nothing was generated. */
  public static final class PromptFiltered extends CallException {
    private static final long serialVersionUID = 1L;

    private PromptFiltered(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The credential was rejected. */
  public static final class Authentication extends CallException {
    private static final long serialVersionUID = 1L;

    private Authentication(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The model or the address does not exist. */
  public static final class NotFound extends CallException {
    private static final long serialVersionUID = 1L;

    private NotFound(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The quota of the account is used up; waiting does not help. */
  public static final class QuotaExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private QuotaExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The budget does not allow the call; nothing was sent. */
  public static final class BudgetExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private BudgetExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** There were too many requests; {@link #retryAfter()} is the time to wait, if it is known. */
  public static final class RateLimited extends CallException {
    private static final long serialVersionUID = 1L;

    private RateLimited(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The server failed in every attempt. */
  public static final class ServerFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private ServerFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The connection failed or broke in every attempt. */
  public static final class ConnectionFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private ConnectionFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The certificate of the server is not trusted; nothing was sent. */
  public static final class TlsFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private TlsFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The timeout of the attempt or the deadline of the call was exceeded. */
  public static final class DeadlineExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private DeadlineExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The response cannot be parsed. */
  public static final class MalformedResponse extends CallException {
    private static final long serialVersionUID = 1L;

    private MalformedResponse(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The response is larger than allowed. */
  public static final class ResponseTooLarge extends CallException {
    private static final long serialVersionUID = 1L;

    private ResponseTooLarge(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The server answered with a redirect; redirects are never followed. */
  public static final class Redirected extends CallException {
    private static final long serialVersionUID = 1L;

    private Redirected(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** A stream broke after its first text, which {@link #partial()} returns. */
  public static final class StreamInterrupted extends CallException {
    private static final long serialVersionUID = 1L;

    private StreamInterrupted(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The circuit breaker of the route is open; nothing was sent. */
  public static final class CircuitOpen extends CallException {
    private static final long serialVersionUID = 1L;

    private CircuitOpen(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The caller interrupted or closed the call. */
  public static final class Cancelled extends CallException {
    private static final long serialVersionUID = 1L;

    private Cancelled(Fault fault, CallReport report) {
      super(fault, report);
    }
  }
}
