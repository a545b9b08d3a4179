package dev.synthlab.cli.generate;

/** Thrown when no client can be written from the input; the message says why and what to do. */
public final class GenerateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GenerateException(String message) {
    super(message);
  }

  GenerateException(String message, Throwable cause) {
    super(message, cause);
  }
}
