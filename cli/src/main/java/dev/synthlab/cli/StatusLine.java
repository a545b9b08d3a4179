package dev.synthlab.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard error: log lines, and below them at most one status line that is redrawn. */
final class StatusLine extends OutputStream {
  private static final byte[] ERASE = "\r\033[K".getBytes(StandardCharsets.US_ASCII);

  /** The status line of the process. */
  static final StatusLine SCREEN = new StatusLine(new FileOutputStream(FileDescriptor.err));

  private final OutputStream out;
  private boolean drawn;

  StatusLine(OutputStream out) {
    this.out = out;
  }

  /** A stream for the lines that stay. */
  PrintStream lines() {
    return new PrintStream(this, true, StandardCharsets.UTF_8);
  }

  /** Draws the status line. */
  synchronized void draw(String line) {
    try {
      out.write(ERASE);
      out.write(line.getBytes(StandardCharsets.UTF_8));
      drawn = true;
    } catch (IOException e) {
      drawn = false; // stderr is closed
    }
  }

  /** Erases the status line. */
  synchronized void erase() {
    try {
      if (drawn) {
        out.write(ERASE);
      }
    } catch (IOException e) {
      // Stderr is closed.
    }
    drawn = false;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    erase();
    out.write(bytes, offset, length);
  }
}
