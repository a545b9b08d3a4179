package dev.synthlab.test;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.test.RecordedExchange.Answer;
import dev.synthlab.test.RecordedExchange.Question;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/** Gives the recorded responses to equal requests. */
final class Replayer implements Transport {
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<RecordedExchange> unused = new ArrayList<>();
  private Optional<AssertionError> unmatched = Optional.empty();

  Replayer(Path file) throws IOException {
    this.file = file;
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      try {
        unused.add(RecordedExchange.of(lines.get(i)));
      } catch (JacksonException | ClassCastException | NullPointerException e) {
        throw new IOException("line " + (i + 1) + " of " + file + " is no recorded exchange", e);
      }
    }
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Answer answer = answer(Question.of(request));
    if (answer.status() == 0) {
      throw broken(answer);
    }
    List<String> headers = new ArrayList<>();
    answer
        .headers()
        .forEach(
            (name, value) -> {
              headers.add(name);
              headers.add(value);
            });
    return new Response(
        answer.status(), Headers.of(headers.toArray(String[]::new)), new ReplayedBody(answer));
  }

  private Answer answer(Question question) {
    lock.lock();
    try {
      Optional<RecordedExchange> same =
          unused.stream().filter(each -> each.request().equals(question)).findFirst();
      if (same.isEmpty()) {
        AssertionError error = new AssertionError(difference(question));
        unmatched = unmatched.or(() -> Optional.of(error));
        throw error;
      }
      unused.remove(same.get());
      return same.get().response();
    } finally {
      lock.unlock();
    }
  }

  /** The difference to the next request to the same address, or to the next one. */
  private String difference(Question question) {
    if (unused.isEmpty()) {
      return "All requests in "
          + file.getFileName()
          + " have been replayed; it has no response to:\n"
          + question.lines();
    }
    RecordedExchange next =
        unused.stream()
            .filter(each -> each.request().path().equals(question.path()))
            .findFirst()
            .orElse(unused.getFirst());
    return "The request differs from the next one in "
        + file.getFileName()
        + " (- recorded, + sent):\n"
        + LineDiff.of(next.request().lines(), question.lines())
        + "\nRecord the conversation again if the change is intended.";
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (unmatched.isPresent()) {
        throw new AssertionError(unmatched.get().getMessage(), unmatched.get());
      }
      if (!unused.isEmpty()) {
        throw new AssertionError(
            "Not replayed from "
                + file.getFileName()
                + ":"
                + unused.stream()
                    .map(each -> "\n" + each.request().lines())
                    .collect(Collectors.joining()));
      }
    } finally {
      lock.unlock();
    }
  }

  private static TransportException broken(Answer answer) {
    return new TransportException(
        Phase.valueOf(answer.failedIn()),
        false,
        answer.message(),
        new IOException(answer.message()));
  }

  /** The recorded parts of a body, one per read, and its failure. */
  private static final class ReplayedBody extends InputStream {
    private final Answer answer;
    private final List<byte[]> chunks;
    private int chunk;
    private int at;

    ReplayedBody(Answer answer) {
      this.answer = answer;
      this.chunks = answer.bytes();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (chunk < chunks.size() && at == chunks.get(chunk).length) {
        chunk++;
        at = 0;
      }
      if (chunk == chunks.size()) {
        if (!answer.failedIn().isEmpty()) {
          throw broken(answer);
        }
        return -1;
      }
      int count = Math.min(length, chunks.get(chunk).length - at);
      System.arraycopy(chunks.get(chunk), at, into, offset, count);
      at += count;
      return count;
    }
  }
}
