package dev.synthlab.local;

import dev.synthlab.config.ConfigException;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One download over HTTP, on a thread of its own: its caller reports the progress while no bytes
 * arrive, too, and can be interrupted at any time.
 */
final class UrlDownload implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 500;
  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  // The bytes of the file itself: a compressed part could not be continued.
  private static final Headers WHOLE = Headers.of("accept-encoding", "identity");

  private final UrlSource source;
  private final Transport transport;
  private final ChecksummedFile wanted;
  private final PartFile part;
  private final FutureTask<Boolean> task = new FutureTask<>(this::download);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("synthlab-local-download").unstarted(task);
  private volatile Optional<InputStream> body = Optional.empty();
  private volatile long bytes;
  private volatile long lastRead;
  private volatile boolean closed;

  UrlDownload(UrlSource source, Transport transport, ChecksummedFile wanted, PartFile part) {
    this.source = source;
    this.transport = transport;
    this.wanted = wanted;
    this.part = part;
  }

  /** Returns at the end of the file; true if it continued a part. */
  boolean await(Weights.Progress progress) throws IOException, InterruptedException {
    bytes = part.size();
    thread.start();
    while (true) {
      try {
        boolean continued = task.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        progress.moved(source.name(), bytes, wanted.size());
        return continued;
      } catch (TimeoutException e) {
        progress.moved(source.name(), bytes, wanted.size());
        requireBytes();
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private void requireBytes() throws TransportException {
    long silence = System.nanoTime() - lastRead;
    if (body.isPresent() && silence > source.maxSilence().toNanos()) {
      String message =
          "no data from " + source.name() + " for " + source.maxSilence().toMillis() + " ms";
      throw new TransportException(Phase.BODY, false, message, new IOException("silence"));
    }
  }

  private static IOException failure(Throwable cause) {
    return switch (cause) {
      case IOException same -> same;
      // A proxy that is set and cannot be used.
      case ConfigException settings -> new IOException(settings.getMessage(), settings);
      default -> new IOException("the download failed: " + cause, cause);
    };
  }

  /** Ends the download and waits until nothing more is written. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    transport.close();
    // The transport cancels only what has no response yet.
    body.ifPresent(UrlDownload::cancel);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cancel(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The download has ended, and nothing more is read.
    }
  }

  private boolean download() throws IOException, InterruptedException {
    Optional<String> validator = part.validator(source.address());
    if (validator.isPresent()) {
      Headers rest = WHOLE.with("range", "bytes=" + bytes + "-").with("if-range", validator.get());
      Response response = get(rest);
      if (continues(response, validator.get())) {
        copy(response, part.append());
        return true;
      }
      if (response.status() != PARTIAL_CONTENT && response.status() != RANGE_NOT_SATISFIABLE) {
        begin(response);
        return false;
      }
      response.body().close();
    }
    begin(get(WHOLE));
    return false;
  }

  private boolean continues(Response response, String validator) {
    String range = "bytes " + bytes + "-" + (wanted.size() - 1) + "/" + wanted.size();
    return response.status() == PARTIAL_CONTENT
        && response.headers().first("content-range").map(String::strip).equals(Optional.of(range))
        && response
            .headers()
            .first("etag")
            .map(String::strip)
            .filter(tag -> !tag.equals(validator))
            .isEmpty();
  }

  private void begin(Response response) throws IOException {
    if (response.status() != 200) {
      response.body().close();
      throw new IOException("HTTP " + response.status());
    }
    Optional<String> validator = Validators.of(response.headers());
    bytes = 0;
    copy(
        response,
        validator.isPresent() ? part.begin(source.address(), validator.get()) : part.begin());
  }

  private Response get(Headers headers) throws IOException, InterruptedException {
    URI address = source.address();
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      Response response = transport.send(Request.get(address, headers), source.maxSilence());
      lastRead = System.nanoTime();
      body = Optional.of(response.body());
      Optional<String> location =
          response.headers().first("location").filter(to -> REDIRECTS.contains(response.status()));
      if (location.isEmpty()) {
        return response;
      }
      response.body().close();
      try {
        address = address.resolve(location.get().strip());
      } catch (IllegalArgumentException e) {
        throw new IOException("a redirect to an invalid address", e);
      }
    }
    throw new IOException("more than " + MAX_REDIRECTS + " redirects");
  }

  private void copy(Response response, FileChannel part) throws IOException {
    try (FileChannel file = part;
        InputStream in = response.body()) {
      if (closed) {
        return;
      }
      long have = bytes;
      byte[] block = new byte[1 << 16];
      for (int read = in.read(block); read >= 0 && !closed; read = in.read(block)) {
        lastRead = System.nanoTime();
        if (have + read > wanted.size()) {
          throw new IOException("the file there is longer than " + wanted.size() + " bytes");
        }
        ByteBuffer arrived = ByteBuffer.wrap(block, 0, read);
        while (arrived.hasRemaining()) {
          file.write(arrived);
        }
        have += read;
        bytes = have;
      }
    }
    if (bytes < wanted.size()) {
      String message =
          "the answer of "
              + source.name()
              + " ended at "
              + bytes
              + " of "
              + wanted.size()
              + " bytes";
      throw new TransportException(Phase.BODY, false, message, new EOFException());
    }
  }
}
