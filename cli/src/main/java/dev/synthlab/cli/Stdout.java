package dev.synthlab.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/** Standard output that records its first failure. Thread-safe. */
final class Stdout extends OutputStream {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private volatile Optional<IOException> failure = Optional.empty();

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = Optional.of(e);
      throw e;
    }
  }

  /** Whether a write has failed. */
  boolean failed() {
    return failure.isPresent();
  }

  /** The message about the failure; empty if there was none, or if the reader closed the pipe. */
  Optional<String> complaint() {
    return failure
        .map(e -> String.valueOf(e.getMessage()))
        .filter(reason -> !reason.toLowerCase(Locale.ROOT).contains("broken pipe"))
        .map(reason -> "cannot write to standard output: " + reason);
  }
}
