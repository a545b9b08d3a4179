package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.logging.Redactor;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The metadata of a call: the kind of request, the work that it belongs to, and its response.
 *
 * @param purpose the kind of request
 * @param scope the work that it belongs to
 * @param answer the metadata of the response
 */
@Internal
public record CallMetadata(Operation purpose, Attribution scope, AnswerMetadata answer) {
  /** Metadata of which nothing is known. */
  public static final CallMetadata NONE =
      new CallMetadata(Operation.NONE, Attribution.NONE, AnswerMetadata.NOTHING);

  /** Requires all parts. */
  public CallMetadata {
    Objects.requireNonNull(purpose);
    Objects.requireNonNull(scope);
    Objects.requireNonNull(answer);
  }

  /**
   * The kind of request, and its purpose.
   *
   * @param verb the kind of request: {@code chat}, {@code tool_round}, {@code embeddings}, {@code
   *     images}
   * @param operation the purpose, as named by the application
   */
  public record Operation(String verb, Optional<String> operation) {
    /** A request of unknown kind. */
    public static final Operation NONE = new Operation("call", Optional.empty());
  }

  /**
   * The work that a call belongs to.
   *
   * @param component the component of the service that makes the call
   * @param tags tags to search for
   * @param run the id of the bulk run
   * @param row the id of the row of the run
   * @param repair whether it asks a model to repair an earlier answer
   * @param trace the id of the trace
   */
  public record Attribution(
      String component,
      List<String> tags,
      Optional<String> run,
      Optional<String> row,
      boolean repair,
      Optional<String> trace) {
    /** Work of which nothing is known. */
    public static final Attribution NONE =
        new Attribution("", List.of(), Optional.empty(), Optional.empty(), false, Optional.empty());

    /** Copies the tags. */
    public Attribution {
      tags = List.copyOf(tags);
    }

    /**
     * The work of the current thread, as given by the current {@link Labels}.
     *
     * @return the labels of those names, and the trace
     */
    public static Attribution here() {
      Labels labels = Labels.here();
      Optional<String> trace = Tracing.traceId();
      if (labels.metadata().isEmpty() && labels.tags().isEmpty() && trace.isEmpty()) {
        return NONE;
      }
      return new Attribution(
          labels.metadata().getOrDefault(Labels.COMPONENT, ""),
          labels.tags(),
          named(labels, Labels.RUN),
          named(labels, Labels.ROW),
          labels.metadata().containsKey(Labels.REPAIR),
          trace);
    }

    private static Optional<String> named(Labels labels, String name) {
      return Optional.ofNullable(labels.metadata().get(name)).filter(value -> !value.isEmpty());
    }
  }

  /**
   * The metadata of a response.
   *
   * @param model the model that the response names
   * @param requestId the request id that the server assigned
   * @param firstText the time from the start of the call to the first text, if it was streamed
   * @param prices the price table that the cost was computed with
   * @param cached whether the completion came from the cache, so that nothing was sent
   * @param texts the prompt and the answer, if an observer stores them
   */
  public record AnswerMetadata(
      Optional<String> model,
      Optional<String> requestId,
      Optional<Duration> firstText,
      Optional<String> prices,
      boolean cached,
      Optional<Content> texts) {
    /** The metadata of a call without a response. */
    public static final AnswerMetadata NOTHING =
        by(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * The metadata of a complete response.
     *
     * @param model the model that the response names
     * @param requestId the request id that the server assigned
     * @param prices the price table that the cost was computed with
     * @return the metadata
     */
    public static AnswerMetadata by(
        Optional<String> model, Optional<String> requestId, Optional<String> prices) {
      return new AnswerMetadata(
          model, requestId, Optional.empty(), prices, false, Optional.empty());
    }

    /**
     * The metadata of a cached completion.
     *
     * @param model the model that the original response named
     * @return the metadata
     */
    public static AnswerMetadata kept(Optional<String> model) {
      return new AnswerMetadata(
          model, Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    /**
     * The same metadata with the time to the first text.
     *
     * @param after the time from the start of the call
     * @return a new record
     */
    public AnswerMetadata withFirstText(Optional<Duration> after) {
      return new AnswerMetadata(model, requestId, after, prices, cached, texts);
    }

    /**
     * The same metadata with the prompt and the answer.
     *
     * @param both the texts
     * @return a new record
     */
    public AnswerMetadata withTexts(Content both) {
      return new AnswerMetadata(model, requestId, firstText, prices, cached, Optional.of(both));
    }
  }

  /**
   * The prompt and the answer of a call, redacted and limited in length.
   *
   * @param prompt the request body as it was sent
   * @param answer the answer, or an empty text
   */
  public record Content(String prompt, String answer) {
    private static final int MAX = 200_000;

    /** Redacts secrets and limits the length. */
    public Content {
      prompt = clean(prompt);
      answer = clean(answer);
    }

    private static String clean(String text) {
      String clean = Redactor.redactKnownBeginning(text, MAX);
      return text.length() > MAX ? clean + "…" : clean;
    }
  }
}
