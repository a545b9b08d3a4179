package dev.synthlab.openai;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallReport;
import dev.synthlab.llm.PassThroughResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * A response as the library reads it, with headers that say what the call loop did. One thread
 * reads it, any thread may close it.
 */
final class CallLoopResponse implements HttpResponse {
  private static final String ID = "x-synthlab-call-id";
  private static final String ATTEMPTS = "x-synthlab-attempts";
  private static final String WAITED = "x-synthlab-waited-ms";

  private final PassThroughResponse response;
  private final Headers headers;

  CallLoopResponse(String id, PassThroughResponse response) {
    this.response = response;
    this.headers = headers(id, response);
  }

  private static Headers headers(String id, PassThroughResponse response) {
    CallReport report = response.report();
    Headers.Builder all = Headers.builder();
    response.headers().fields().forEach(field -> all.put(field.name(), field.value()));
    all.replace(ID, id);
    all.replace(ATTEMPTS, Integer.toString(report.attempts().size()));
    all.replace(WAITED, Long.toString(waited(report).toMillis()));
    if (response.status() / 100 != 2) {
      // The call loop has decided already: the library must not retry on top of it.
      all.replace("x-should-retry", "false");
    }
    return all.build();
  }

  /** The time of the call in which no request was in flight. */
  private static Duration waited(CallReport report) {
    Duration sending =
        report.attempts().stream().map(Attempt::took).reduce(Duration.ZERO, Duration::plus);
    Duration waited = report.elapsed().minus(sending);
    return waited.isNegative() ? Duration.ZERO : waited;
  }

  @Override
  public int statusCode() {
    return response.status();
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public InputStream body() {
    return response.body();
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
