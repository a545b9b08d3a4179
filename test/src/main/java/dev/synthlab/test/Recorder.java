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
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Writes each exchange to a file when its body ends. */
final class Recorder implements Transport {
  private final Path file;
  private final Transport over;
  private final ReentrantLock lock = new ReentrantLock();

  Recorder(Path file, Transport over) throws IOException {
    this.file = file;
    this.over = over;
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Files.writeString(file, "");
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    Question question = Question.of(request);
    try {
      Response response = over.send(request, within);
      return new Response(
          response.status(),
          response.headers(),
          new RecordedBody(question, request.uri(), response));
    } catch (TransportException e) {
      write(
          question,
          Answer.failed(0, Headers.NONE, List.of(), e.phase(), message(e, request.uri())));
      throw e;
    }
  }

  /** The message without the name of the server. */
  private static String message(Exception e, URI uri) {
    String message = String.valueOf(e.getMessage());
    return uri.getAuthority() == null ? message : message.replace(uri.getAuthority(), "the server");
  }

  private void write(Question question, Answer answer) {
    lock.lock();
    try {
      Files.writeString(
          file, new RecordedExchange(question, answer).line() + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the recording " + file, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    over.close();
  }

  /** A body that keeps its parts; the exchange is written once, at its end. */
  private final class RecordedBody extends InputStream {
    private final Question question;
    private final URI uri;
    private final Response response;
    private final List<byte[]> chunks = new ArrayList<>();
    private boolean ended;

    RecordedBody(Question question, URI uri, Response response) {
      this.question = question;
      this.uri = uri;
      this.response = response;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int count = response.body().read(into, offset, length);
        if (count < 0) {
          end(Answer.of(response.status(), response.headers(), kept()));
        } else {
          keep(Arrays.copyOfRange(into, offset, offset + count));
        }
        return count;
      } catch (IOException e) {
        Phase phase = e instanceof TransportException known ? known.phase() : Phase.BODY;
        end(Answer.failed(response.status(), response.headers(), kept(), phase, message(e, uri)));
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        response.body().close();
      } finally {
        end(Answer.of(response.status(), response.headers(), kept()));
      }
    }

    private synchronized void keep(byte[] chunk) {
      chunks.add(chunk);
    }

    private synchronized List<byte[]> kept() {
      return List.copyOf(chunks);
    }

    private synchronized void end(Answer answer) {
      if (!ended) {
        ended = true;
        write(question, answer);
      }
    }
  }
}
