package dev.synthlab.call;

import dev.synthlab.error.SynthlabException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The exception of a call to a server, with the report of all attempts: a {@link CallException}, or
 * an error response of a service. Its message contains no secrets.
 */
public abstract class RequestException extends SynthlabException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;
  private final transient CallReport report;

  /**
   * Creates the exception.
   *
   * @param message the description
   * @param fault the last fault of the call
   * @param report the record of the call
   */
  protected RequestException(String message, Fault fault, CallReport report) {
    super(message, fault.cause().orElse(null));
    this.fault = fault;
    this.report = report;
  }

  /**
   * The last fault of the call.
   *
   * @return the fault of the last attempt
   */
  public Fault fault() {
    return fault;
  }

  /**
   * The record of the call.
   *
   * @return attempts, times, tokens
   */
  public CallReport report() {
    return report;
  }

  /**
   * All requests that were sent.
   *
   * @return in order; empty if nothing was sent
   */
  public List<Attempt> attempts() {
    return report.attempts();
  }

  /**
   * The HTTP status of the last response.
   *
   * @return empty if there was no response
   */
  public OptionalInt status() {
    return fault.status();
  }

  /**
   * The error code of the server, for example {@code context_length_exceeded}.
   *
   * @return empty if there is none
   */
  public Optional<String> code() {
    return fault.code();
  }

  /**
   * The request id that the server assigned; its support will ask for it.
   *
   * @return empty if there is none
   */
  public Optional<String> requestId() {
    return fault.requestId();
  }
}
