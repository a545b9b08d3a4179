package dev.synthlab.batch;

import dev.synthlab.config.Utf8;
import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Copies an input that can be read only once into a file, unless the run is stopped. */
final class InputSpool {
  private static final int BUFFER = 1 << 16;

  private final BulkOptions options;
  private final CompletableFuture<String> stopRequest;

  InputSpool(BulkOptions options, CompletableFuture<String> stopRequest) {
    this.options = options;
    this.stopRequest = stopRequest;
  }

  /** The input as a file. */
  InputFile input(Path spool) throws IOException {
    return new InputFile(inputFile(spool), options.input().format());
  }

  private Path inputFile(Path spool) throws IOException {
    switch (options.input().source()) {
      case BulkOptions.Source.File file -> {
        if (Files.isRegularFile(file.path())) {
          return file.path();
        }
        try (InputStream stream = Files.newInputStream(file.path())) {
          return spooled(stream, file.path().toString(), spool);
        }
      }
      case BulkOptions.Source.Stream stream -> {
        return spooled(stream.stream(), "the input", spool);
      }
    }
  }

  /** Thrown when the run was stopped before it sent anything. */
  static final class StoppedEarly extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedEarly() {
      super("stopped", null, false, false);
    }
  }

  void requireNotStopped() {
    if (stopRequest.isDone()) {
      throw new StoppedEarly();
    }
  }

  /** Replaces the copy of an earlier run only when the new one is complete. */
  private Path spooled(InputStream stream, String name, Path spool) throws IOException {
    Path temporary = OutputFiles.temporary(spool);
    CompletableFuture<Object> copied = new CompletableFuture<>();
    // A read of standard input cannot be interrupted: after a stop, the thread is abandoned.
    Thread.ofPlatform()
        .daemon()
        .name("synthlab-input")
        .start(
            () -> {
              try {
                copy(Utf8.checked(stream, reason -> InputFile.refused(name, reason)), temporary);
                copied.complete(temporary);
              } catch (Throwable e) { // passed to the waiting thread
                copied.completeExceptionally(e);
              }
            });
    try {
      CompletableFuture.anyOf(copied, stopRequest).join();
      requireNotStopped();
      Files.move(temporary, spool, StandardCopyOption.REPLACE_EXISTING);
      return spool;
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e.getCause() instanceof RuntimeException told ? told : e;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void copy(InputStream from, Path to) throws IOException {
    try (FileChannel channel =
            PrivateFiles.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        OutputStream out = Channels.newOutputStream(channel)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = from.read(buffer);
          read >= 0 && !stopRequest.isDone();
          read = from.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (NoSuchFileException e) {
      throw RunPreflight.unwritable(to, e);
    }
  }
}
