package dev.synthlab.http;

import java.io.IOException;
import java.util.Objects;

/** The exception of an exchange that failed, with the phase that it had reached. */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The phase that an exchange had reached when it failed. */
  public enum Phase {
    /** DNS lookup of the host. */
    RESOLVE,
    /** Connecting; nothing was sent. */
    CONNECT,
    /** TLS handshake; no HTTP request was sent. */
    TLS,
    /** The proxy permanently refused the request; nothing was sent to the server. */
    PROXY,
    /** The address is not allowed for the request; nothing was sent. */
    FORBIDDEN,
    /** Sending the request, or waiting for the headers of the response. */
    EXCHANGE,
    /** Reading the body. */
    BODY,
    /** The time limit was exceeded. */
    TIMEOUT,
    /** The transport itself was closed. */
    CLOSED
  }

  private final transient Phase phase;
  private final transient boolean reusedConnection;

  /**
   * Creates the exception.
   *
   * @param phase the phase that was reached
   * @param reusedConnection whether the connection had served an earlier exchange
   * @param message the description, with host and port
   * @param cause the exception of the layer below
   */
  public TransportException(
      Phase phase, boolean reusedConnection, String message, Throwable cause) {
    super(message, cause);
    this.phase = Objects.requireNonNull(phase);
    this.reusedConnection = reusedConnection;
  }

  /**
   * The phase that the exchange had reached.
   *
   * @return the phase
   */
  public Phase phase() {
    return phase;
  }

  /**
   * Whether the connection had served an earlier exchange. The server may have closed it while it
   * was idle.
   *
   * @return false for a new connection
   */
  public boolean reusedConnection() {
    return reusedConnection;
  }
}
