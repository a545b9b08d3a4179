package dev.synthlab.call;

import dev.synthlab.call.Fault.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;

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

  /**
   * Creates the exception of a request that the server finds invalid, for tests.
   *
   * @param message what the server says
   * @return the exception
   */
  public static BadRequest badRequest(String message) {
    return made(fault(Kind.BAD_REQUEST, message, 400), BadRequest::new);
  }

  /**
   * Creates the exception of a request that the content filter refused, for tests.
   *
   * @param message what the server says
   * @return the exception
   */
  public static PromptFiltered promptFiltered(String message) {
    return made(fault(Kind.PROMPT_FILTERED, message, 400), PromptFiltered::new);
  }

  /**
   * Creates the exception of a credential that was rejected, for tests.
   *
   * @param message what the server says
   * @return the exception
   */
  public static Authentication authentication(String message) {
    return made(fault(Kind.AUTHENTICATION, message, 401), Authentication::new);
  }

  /**
   * Creates the exception of a model or address that does not exist, for tests.
   *
   * @param message what the server says
   * @return the exception
   */
  public static NotFound notFound(String message) {
    return made(fault(Kind.NOT_FOUND, message, 404), NotFound::new);
  }

  /**
   * Creates the exception of a quota that is used up, for tests.
   *
   * @param message what the server says
   * @return the exception
   */
  public static QuotaExceeded quotaExceeded(String message) {
    return made(fault(Kind.QUOTA_EXCEEDED, message, 429), QuotaExceeded::new);
  }

  /**
   * Creates the exception of a budget that does not allow the call, for tests.
   *
   * @param message the amounts
   * @return the exception
   */
  public static BudgetExceeded budgetExceeded(String message) {
    return made(fault(Kind.BUDGET_EXCEEDED, message, 0), BudgetExceeded::new);
  }

  /**
   * Creates the exception of too many requests, for tests.
   *
   * @param retryAfter the time to wait
   * @return the exception
   */
  public static RateLimited rateLimited(Duration retryAfter) {
    return made(waiting(Kind.RATE_LIMITED, "too many requests", 429, retryAfter), RateLimited::new);
  }

  /**
   * Creates the exception of a server that failed, for tests.
   *
   * @param status the HTTP status, for example 503
   * @return the exception
   */
  public static ServerFailed serverFailed(int status) {
    return made(
        fault(Kind.SERVER_FAILED, "the server failed with status " + status, status),
        ServerFailed::new);
  }

  /**
   * Creates the exception of a connection that failed or broke, for tests.
   *
   * @param message what failed
   * @return the exception
   */
  public static ConnectionFailed connectionFailed(String message) {
    return made(fault(Kind.CONNECTION_FAILED, message, 0), ConnectionFailed::new);
  }

  /**
   * Creates the exception of a certificate that is not trusted, for tests.
   *
   * @param message what is wrong with it
   * @return the exception
   */
  public static TlsFailed tlsFailed(String message) {
    return made(fault(Kind.TLS_FAILED, message, 0), TlsFailed::new);
  }

  /**
   * Creates the exception of a deadline that was exceeded, for tests.
   *
   * @param deadline the time of the whole call
   * @return the exception
   */
  public static DeadlineExceeded deadlineExceeded(Duration deadline) {
    return made(
        fault(
            Kind.DEADLINE_EXCEEDED,
            "the deadline of " + deadline.toMillis() / 1000.0 + " s was over",
            0),
        DeadlineExceeded::new);
  }

  /**
   * Creates the exception of a response that cannot be parsed, for tests.
   *
   * @param message what is wrong with it
   * @return the exception
   */
  public static MalformedResponse malformedResponse(String message) {
    return made(fault(Kind.MALFORMED_RESPONSE, message, 200), MalformedResponse::new);
  }

  /**
   * Creates the exception of a response that is larger than allowed, for tests.
   *
   * @param message the sizes
   * @return the exception
   */
  public static ResponseTooLarge responseTooLarge(String message) {
    return made(fault(Kind.RESPONSE_TOO_LARGE, message, 200), ResponseTooLarge::new);
  }

  /**
   * Creates the exception of a redirect, which is not followed, for tests.
   *
   * @param status the HTTP status, for example 302
   * @return the exception
   */
  public static Redirected redirected(int status) {
    return made(
        fault(Kind.REDIRECTED, "a redirect with status " + status, status), Redirected::new);
  }

  /**
   * Creates the exception of a stream that broke after its first text, for tests.
   *
   * @param partial the text that had arrived
   * @return the exception
   */
  public static StreamInterrupted streamInterrupted(String partial) {
    return made(
        Fault.of(Kind.STREAM_INTERRUPTED, "the stream broke after its first text")
            .withPartial(partial),
        StreamInterrupted::new);
  }

  /**
   * Creates the exception of an open circuit breaker, for tests.
   *
   * @param retryAfter the time until it may close
   * @return the exception
   */
  public static CircuitOpen circuitOpen(Duration retryAfter) {
    return made(
        waiting(Kind.CIRCUIT_OPEN, "the circuit breaker is open", 0, retryAfter), CircuitOpen::new);
  }

  /**
   * Creates the exception of a call that its caller cancelled, for tests.
   *
   * @return the exception
   */
  public static Cancelled cancelled() {
    return made(fault(Kind.CANCELLED, "the call was cancelled", 0), Cancelled::new);
  }

  /** An exception with the report of a call that sent nothing. */
  private static <E extends CallException> E made(
      Fault fault, BiFunction<Fault, CallReport, E> constructor) {
    return constructor.apply(fault, CallReports.none(Optional.of(fault)));
  }

  private static Fault fault(Kind kind, String message, int status) {
    Fault fault = Fault.of(kind, message);
    return status == 0 ? fault : fault.withStatus(status);
  }

  private static Fault waiting(Kind kind, String message, int status, Duration wait) {
    return fault(kind, message, status).after(wait);
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
