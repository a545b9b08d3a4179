package dev.synthlab.llm;

import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Outcome;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.ImageRequest.OutputKind;
import dev.synthlab.llm.ImageResponseReader.Pictures;
import dev.synthlab.spans.Tracing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Has pictures made. For one call. */
final class ImageCall {
  /** A picture takes longer than any text: up to two minutes are usual. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A picture that came is paid for; one that cannot be read is not paid for twice. */
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

  Outcome<Images> run(Deadline deadline) {
    var verb =
        new PreparedPost.Verb(
            "/images/generations",
            new CallMetadata.Operation("images", request.options().operation()),
            Set.of(FORM),
            TRIES);
    Map<String, Object> body = body();
    PreparedPost prepared = PreparedPost.of(verb, client, body, request.prompt().length() / 4);
    ModelExchange<PreparedPost, Pictures> exchange =
        new ModelExchange<>(
            prepared,
            new ResponseJsonReader<>(() -> new ImageResponseReader(request.form())),
            timer);
    LlmSpan span =
        LlmSpan.of(Tracing.Kind.LLM, "image " + model, exchange.route(), body, request.options());
    return span.around(() -> shown(patient().run(exchange, deadline), span));
  }

  private Outcome<Images> shown(Outcome<Pictures> outcome, LlmSpan span) {
    return switch (outcome) {
      case Outcome.Answered<Pictures> ok -> {
        span.imagesGenerated(ok.value().usage(), ok.report());
        yield new Outcome.Answered<>(
            new Images(ok.value().images(), model, ok.value().usage(), ok.report()), ok.report());
      }
      case Outcome.Failed<Pictures> failed -> {
        span.failed(failed.reason());
        yield new Outcome.Failed<>(failed.reason(), failed.report());
      }
    };
  }

  private CallLoop patient() {
    boolean named = request.options().timeout().isPresent();
    return named || loop.policy().timeout().compareTo(PATIENCE) >= 0
        ? loop
        : loop.with(loop.policy().withTimeout(PATIENCE));
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
      body.put(FORM, request.form() == OutputKind.URL ? "url" : "b64_json");
    } else if (request.form() == OutputKind.URL) {
      throw new IllegalArgumentException(
          model + " gives pictures as bytes only; ask for Form.BYTES, or another model");
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

  /** The models of this family refuse to be asked for a form. */
  private boolean onlyBytes() {
    return model.startsWith("gpt-image") || model.startsWith("chatgpt-image");
  }
}
