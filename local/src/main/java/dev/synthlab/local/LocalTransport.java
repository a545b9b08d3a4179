package dev.synthlab.local;

import dev.synthlab.http.Body;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.local.OpenAiResponse.Head;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The transport to the embedded model, with the API of an OpenAI server: {@code POST
 * .../chat/completions}, {@code POST .../embeddings} and {@code GET .../models}. The head of a
 * response arrives when a slot is free and the request is valid; the body then blocks until there
 * is text.
 */
final class LocalTransport implements Transport {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String model;
  private final int maxTokens;
  private final EngineFactory engines;
  private final Clock clock;

  LocalTransport(String model, int maxTokens, EngineFactory engines, Clock clock) {
    this.model = model;
    this.maxTokens = maxTokens;
    this.engines = engines;
    this.clock = clock;
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    try {
      String path = request.uri().getPath() == null ? "" : request.uri().getPath();
      if (path.endsWith("/chat/completions")) {
        expect(request, "POST");
        return chat(ChatRequest.parse(bytes(request.body()), maxTokens), within.toNanos());
      }
      if (path.endsWith("/embeddings")) {
        expect(request, "POST");
        EmbeddingJob job = new EmbeddingJob(EmbeddingRequest.parse(bytes(request.body())), model);
        return begun(engines.embedding(), job, id(), within.toNanos());
      }
      if (path.endsWith("/models")) {
        expect(request, "GET");
        return json(200, models());
      }
      throw new ErrorResponse(
          404, "", "unknown_url", "the embedded model has no " + request.method() + " " + path);
    } catch (ErrorResponse refusal) {
      return json(refusal.status(), error(refusal));
    }
  }

  private static void expect(Request request, String method) throws ErrorResponse {
    if (!request.method().toUpperCase(Locale.ROOT).equals(method)) {
      throw new ErrorResponse(
          405, "", "method_not_allowed", request.uri().getPath() + " is asked by " + method);
    }
  }

  private Response chat(ChatRequest chat, long nanos)
      throws ErrorResponse, IOException, InterruptedException {
    String id = id();
    Head head = new Head("chatcmpl-" + id, clock.instant().getEpochSecond(), model);
    return begun(engines.chat(), new ChatJob(chat, head), id, nanos);
  }

  private static String id() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static <E extends LoadedModel> Response begun(
      EnginePool<E> pool, Job<E> job, String id, long nanos)
      throws ErrorResponse, IOException, InterruptedException {
    long start = System.nanoTime();
    if (!pool.begin(job, nanos)) {
      throw timeout("no slot became free", nanos, new TimeoutException());
    }
    try {
      long left = nanos - (System.nanoTime() - start);
      ResponsePipe body = job.started().get(left, TimeUnit.NANOSECONDS);
      return new Response(
          200, Headers.of("content-type", job.contentType(), "x-request-id", id), body);
    } catch (InterruptedException e) {
      job.cancel();
      throw e;
    } catch (TimeoutException e) {
      job.cancel();
      throw timeout("the model was not ready", nanos, e);
    } catch (ExecutionException e) {
      throw unanswered(e.getCause() == null ? e : e.getCause());
    }
  }

  private static TransportException unanswered(Throwable cause) throws ErrorResponse {
    if (cause instanceof ErrorResponse refusal) {
      throw refusal;
    }
    return new TransportException(
        Phase.CONNECT, false, "embedded model: " + cause.getMessage(), cause);
  }

  private static TransportException timeout(String what, long nanos, TimeoutException cause) {
    return new TransportException(
        Phase.TIMEOUT,
        false,
        "embedded model: " + what + " within " + Duration.ofNanos(nanos).toMillis() + " ms",
        cause);
  }

  private static byte[] bytes(Body body) throws IOException {
    return switch (body) {
      case Body.Bytes inMemory -> inMemory.bytes();
      case Body.Replayable replayable -> {
        try (InputStream in = replayable.source().open()) {
          yield in.readAllBytes();
        }
      }
      case Body.Once once -> once.stream().readAllBytes();
      case Body.Generated generated -> {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        generated.writer().writeTo(all);
        yield all.toByteArray();
      }
    };
  }

  private ObjectNode models() {
    ObjectNode list = JSON.createObjectNode().put("object", "list");
    list.putArray("data")
        .addObject()
        .put("id", model)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "local");
    return list;
  }

  private static ObjectNode error(ErrorResponse refusal) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("error")
        .put("message", refusal.getMessage())
        .put("type", "invalid_request_error")
        .put("param", refusal.param().orElse(null))
        .put("code", refusal.code().orElse(null));
    return json;
  }

  private static Response json(int status, ObjectNode json) {
    return new Response(
        status,
        Headers.of("content-type", "application/json"),
        new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    engines.close();
  }
}
