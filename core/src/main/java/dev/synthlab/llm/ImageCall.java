package dev.synthlab.llm;

import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.ImageRequest.OutputKind;
import dev.synthlab.llm.ImageResponseParser.GeneratedImages;
import dev.synthlab.spans.Tracing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Generates images with one request. For one call. */
final class ImageCall {
  /** An image takes longer than a text: up to two minutes are common. */
  private static final Duration MIN_TIMEOUT = Duration.ofMinutes(3);

  /** An image that arrived is paid for: one that cannot be read is not paid for twice. */
  private static final int TRIES = 1;

  private static final String FORM = "response_format";

  private final PreparedChat.ModelContext client;
  private final CallLoop loop;
  private final Timer timer;
  private final ImageRequest request;
  private final String model;

  ImageCall(PreparedChat.ModelContext client, CallLoop loop, Timer timer, ImageRequest request) {
    this.client = client;
    this.loop = loop;
    this.timer = timer;
    this.request = request;
    this.model = client.endpoint().model(request);
  }

  CallResult<Images> run(Deadline deadline) {
    var verb =
        new PreparedPost.Verb(
            "/images/generations",
            new CallMetadata.Operation("images", request.options().operation()),
            Set.of(FORM),
            TRIES);
    Map<String, Object> body = body();
    PreparedPost prepared = PreparedPost.of(verb, client, body, request.prompt().length() / 4);
    ModelExchange<PreparedPost, GeneratedImages> exchange =
        new ModelExchange<>(
            prepared,
            new ResponseJsonReader<>(() -> new ImageResponseParser(request.output())),
            timer);
    LlmSpan span =
        LlmSpan.of(
            loop.telemetry(),
            Tracing.Kind.LLM,
            "image " + model,
            exchange.route(),
            body,
            request.options());
    return span.around(() -> recorded(withTimeout().run(exchange, deadline), span));
  }

  private CallResult<Images> recorded(CallResult<GeneratedImages> result, LlmSpan span) {
    return switch (result) {
      case CallResult.Answered<GeneratedImages> ok -> {
        span.imagesGenerated(ok.value().usage(), ok.report());
        yield new CallResult.Answered<>(
            new Images(ok.value().images(), model, ok.value().usage(), ok.report()), ok.report());
      }
      case CallResult.Failed<GeneratedImages> failed -> {
        span.failed(failed.exception());
        yield new CallResult.Failed<>(failed.fault(), failed.report());
      }
    };
  }

  private CallLoop withTimeout() {
    boolean explicit = request.options().timeout().isPresent();
    return explicit || loop.policy().timeout().compareTo(MIN_TIMEOUT) >= 0
        ? loop
        : loop.with(loop.policy().withTimeout(MIN_TIMEOUT));
  }

  private Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put("prompt", request.prompt());
    if (request.count() > 1) {
      body.put("n", request.count());
    }
    request.size().ifPresent(size -> body.put("size", size));
    request.quality().ifPresent(quality -> body.put("quality", quality));
    if (!onlyBytes()) {
      body.put(FORM, request.output() == OutputKind.URL ? "url" : "b64_json");
    } else if (request.output() == OutputKind.URL) {
      throw new IllegalArgumentException(
          model + " returns images as bytes only: use OutputKind.BYTES or another model");
    }
    request
        .options()
        .parameters()
        .forEach(
            (name, value) -> {
              if (!name.equals("model") && !name.equals("prompt")) {
                body.put(name, value);
              }
            });
    return body;
  }

  /** The models of this family refuse the parameter {@code response_format}. */
  private boolean onlyBytes() {
    return model.startsWith("gpt-image") || model.startsWith("chatgpt-image");
  }
}
