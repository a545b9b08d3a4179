package dev.synthlab.call;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A call that failed for good, by its last cause. Carries every attempt; its text is free of
 * secrets.
 */
public abstract sealed class CallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;
  private final transient CallReport report;

  private CallException(Fault fault, CallReport report) {
    super(text(fault, report), fault.cause().orElse(null));
    this.fault = fault;
    this.report = report;
  }

  /**
   * The exception of a fault.
   *
   * @param fault the last cause
   * @param report how the call went
   * @return the exception of that kind
   */
  public static CallException of(Fault fault, CallReport report) {
    return switch (fault.kind()) {
      case BAD_REQUEST -> new BadRequest(fault, report);
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
   * What went wrong at last.
   *
   * @return the fault of the last attempt
   */
  public Fault fault() {
    return fault;
  }

  /**
   * How the call went.
   *
   * @return attempts, times, tokens
   */
  public CallReport report() {
    return report;
  }

  /**
   * Every request that was sent.
   *
   * @return in order; empty when nothing was sent
   */
  public List<Attempt> attempts() {
    return report.attempts();
  }

  /**
   * The HTTP status of the last answer.
   *
   * @return empty when no answer came
   */
  public OptionalInt status() {
    return fault.status();
  }

  /**
   * The server's own code, for example {@code context_length_exceeded}.
   *
   * @return empty when it named none
   */
  public Optional<String> code() {
    return fault.code();
  }

  /**
   * The server's name for the request, to be quoted to its support.
   *
   * @return empty when it gave none
   */
  public Optional<String> requestId() {
    return fault.requestId();
  }

  /**
   * How long to wait before the next try.
   *
   * @return empty when nobody said
   */
  public Optional<Duration> retryAfter() {
    return fault.retryAfter();
  }

  /**
   * Text that had come before it failed.
   *
   * @return empty when there was none
   */
  public Optional<String> partial() {
    return fault.partial();
  }

  /** The request is wrong and stays wrong; the server's text says what it missed. */
  public static final class BadRequest extends CallException {
    private static final long serialVersionUID = 1L;

    private BadRequest(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The credential was refused. */
  public static final class Authentication extends CallException {
    private static final long serialVersionUID = 1L;

    private Authentication(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** There is no such model or address. */
  public static final class NotFound extends CallException {
    private static final long serialVersionUID = 1L;

    private NotFound(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The account has no money left; waiting does not help. */
  public static final class QuotaExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private QuotaExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** It might have cost more than calls may; nothing was sent. */
  public static final class BudgetExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private BudgetExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** Too many requests; {@link #retryAfter()} says when to come back, if the server did. */
  public static final class RateLimited extends CallException {
    private static final long serialVersionUID = 1L;

    private RateLimited(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The server failed in passing, and went on failing. */
  public static final class ServerFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private ServerFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** No connection could be made, or it broke each time. */
  public static final class ConnectionFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private ConnectionFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The server could not prove who it is; nothing was sent. */
  public static final class TlsFailed extends CallException {
    private static final long serialVersionUID = 1L;

    private TlsFailed(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The time of the attempt or of the whole call was over. */
  public static final class DeadlineExceeded extends CallException {
    private static final long serialVersionUID = 1L;

    private DeadlineExceeded(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The answer cannot be read as what it should be. */
  public static final class MalformedResponse extends CallException {
    private static final long serialVersionUID = 1L;

    private MalformedResponse(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The answer is larger than allowed. */
  public static final class ResponseTooLarge extends CallException {
    private static final long serialVersionUID = 1L;

    private ResponseTooLarge(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The server sent the request elsewhere; redirects are never followed. */
  public static final class Redirected extends CallException {
    private static final long serialVersionUID = 1L;

    private Redirected(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** A stream broke after its first text, which {@link #partial()} keeps. */
  public static final class StreamInterrupted extends CallException {
    private static final long serialVersionUID = 1L;

    private StreamInterrupted(Fault fault, CallReport report) {
      super(fault, report);
    }
  }

  /** The route is closed by its breaker; nothing was sent. */
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
