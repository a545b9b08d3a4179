package dev.synthlab.openai;

import com.openai.core.RequestOptions;
import com.openai.core.Timeout;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import dev.synthlab.call.CallException;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.http.Body;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.llm.PassThrough;
import dev.synthlab.llm.PassThroughRequest;
import dev.synthlab.spans.ContextSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP client of the library: it sends each request through the call loop. Thread-safe. */
final class CallLoopHttpClient implements HttpClient {
  /** What the library calls no timeout. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final PassThrough calls;
  private final Credentials credentials;
  private final CallerContexts contexts;

  CallLoopHttpClient(PassThrough calls, CallerContexts contexts) {
    this.calls = calls;
    this.contexts = contexts;
    this.credentials = new Credentials(calls.settings());
  }

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    return answered(contexts.take(request), request, options);
  }

  private HttpResponse answered(
      Optional<CallerContexts.Caller> caller, HttpRequest request, RequestOptions options) {
    HttpResponse response = sent(request, options);
    caller
        .map(CallerContexts.Caller::cancellation)
        .ifPresent(cancellation -> cancellation.attach(response));
    return response;
  }

  private HttpResponse sent(HttpRequest request, RequestOptions options) {
    try {
      PassThroughRequest call = passThrough(request, options);
      return new CallLoopResponse(call.id(), calls.send(call));
    } catch (CallException.MalformedResponse e) {
      throw new OpenAIInvalidDataException(e.getMessage(), e);
    } catch (CallException e) {
      throw new OpenAIIoException(e.getMessage(), e);
    } finally {
      Optional.ofNullable(request.body()).ifPresent(HttpRequestBody::close);
    }
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    Optional<CallerContexts.Caller> caller = contexts.take(request);
    ContextSnapshot context =
        caller.map(CallerContexts.Caller::context).orElseGet(ContextSnapshot::capture);
    CompletableFuture<HttpResponse> call =
        started(context, () -> answered(caller, request, options));
    caller
        .map(CallerContexts.Caller::cancellation)
        .ifPresent(cancellation -> cancellation.attach(call));
    return call;
  }

  private static CompletableFuture<HttpResponse> started(
      ContextSnapshot context, Supplier<HttpResponse> work) {
    try {
      return context.around(() -> VirtualThreads.async(work, HttpResponse::close)).call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("starting a thread throws no checked exception", e);
    }
  }

  /** Does nothing: connections and limits belong to the instance of Synthlab. */
  @Override
  public void close() {}

  private PassThroughRequest passThrough(HttpRequest request, RequestOptions options) {
    Headers headers = credentials.sent(request);
    Request wire =
        new Request(
            request.method().name(), URI.create(request.url()), headers, body(request.body()));
    Timeout timeout =
        Optional.ofNullable(options.getTimeout()).orElseGet(() -> Timeout.builder().build());
    Duration whole = limited(timeout.request());
    Duration silence = limited(timeout.read());
    Duration own = calls.settings().callDeadline();
    return new PassThroughRequest(
        UUID.randomUUID().toString(),
        String.join("/", request.pathSegments()),
        wire,
        credentials.account(request, headers),
        silence.compareTo(whole) < 0 ? silence : whole,
        own.compareTo(whole) < 0 ? whole : own);
  }

  private static Duration limited(Duration given) {
    return given.isPositive() ? given : FOREVER;
  }

  private static Body body(@Nullable HttpRequestBody given) {
    if (given == null) {
      return Body.empty();
    }
    String type = Optional.ofNullable(given.contentType()).orElse("");
    if (PassThrough.isRecorded(type)) { // the library has it in memory, too
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      given.writeTo(all);
      return new Body.Bytes(all.toByteArray(), type);
    }
    return new Body.Generated(
        out -> write(given, out), given.contentLength(), given.repeatable(), type);
  }

  private static void write(HttpRequestBody body, OutputStream out) throws IOException {
    try {
      body.writeTo(out);
    } catch (RuntimeException e) { // the library declares no exception of its own
      throw new IOException("the body of the request cannot be written: " + e.getMessage(), e);
    }
  }
}
