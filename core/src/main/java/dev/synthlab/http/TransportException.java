package dev.synthlab.http;

import java.io.IOException;
import java.util.Objects;

/** An exchange that broke before it was whole, and how far it had come. */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How far an exchange had come when it broke. */
  public enum Phase {
    /** The name of the host was looked up. */
    RESOLVE,
    /** The connection was being made; nothing was sent. */
    CONNECT,
    /** The server's certificate was being checked; nothing of HTTP was sent. */
    TLS,
    /** The proxy refused for good to let the request through; nothing was sent to the server. */
    PROXY,
    /** The address is none that the request may go to; nothing was sent. */
    FORBIDDEN,
    /** The request was on its way, or the answer's head was awaited. */
    EXCHANGE,
    /** The body was being read. */
    BODY,
    /** The time for this part was over. */
    TIMEOUT
  }

  private final transient Phase phase;
  private final transient boolean reusedConnection;

  /**
   * Makes one.
   *
   * @param phase how far it came
   * @param reusedConnection whether it broke on a connection that had served an earlier exchange
   * @param message what happened, with host and port
   * @param cause what the layer below said
   */
  public TransportException(
      Phase phase, boolean reusedConnection, String message, Throwable cause) {
    super(message, cause);
    this.phase = Objects.requireNonNull(phase);
    this.reusedConnection = reusedConnection;
  }

  /**
   * Tells how far the exchange had come.
   *
   * @return the phase
   */
  public Phase phase() {
    return phase;
  }

  /**
   * Tells whether the exchange broke on a connection that had served an earlier one: such a
   * connection may have been closed by the server while it was idle.
   *
   * @return true if so
   */
  public boolean reusedConnection() {
    return reusedConnection;
  }
}
