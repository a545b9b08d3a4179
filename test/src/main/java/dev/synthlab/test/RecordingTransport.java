package dev.synthlab.test;

import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A transport that records a conversation with a real server to a file, or replays such a file
 * without a network. The file has one JSON object per line: a request without host, query and
 * headers, and its response with the parts of its body. Known secrets and everything that looks
 * like a key are masked in it. Safe for use by many threads.
 */
public final class RecordingTransport implements Transport {
  private final Transport mode;

  private RecordingTransport(Transport mode) {
    this.mode = mode;
  }

  /**
   * Records over HTTP, without a proxy.
   *
   * @param file the file; it is replaced
   * @return a transport; close it to complete the file
   * @throws IOException if the file cannot be written
   */
  public static RecordingTransport recording(Path file) throws IOException {
    return recording(file, new OkHttpTransport());
  }

  /**
   * Records the exchanges of a transport.
   *
   * @param file the file; it is replaced
   * @param over sends the requests; it is closed with this transport
   * @return a transport; close it to complete the file
   * @throws IOException if the file cannot be written
   */
  public static RecordingTransport recording(Path file, Transport over) throws IOException {
    return new RecordingTransport(new Recorder(file, over));
  }

  /**
   * Replays a file. A request gets the first unused response to the same method, path and body;
   * equal requests get their responses in the recorded order. Any other request throws an {@link
   * AssertionError} with the difference. {@link #close} throws one if there was such a request, or
   * if a response was not used.
   *
   * @param file a recorded file
   * @return a transport without a network
   * @throws IOException if the file cannot be read
   */
  public static RecordingTransport replaying(Path file) throws IOException {
    return new RecordingTransport(new Replayer(file));
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    return mode.send(request, within);
  }

  @Override
  public void close() {
    mode.close();
  }
}
