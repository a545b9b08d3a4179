package dev.synthlab.call;

import dev.synthlab.logging.Redactor;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a call was about: what was asked, whose work it was, and what its answer said of itself.
 *
 * @param purpose what was asked
 * @param scope whose work it was
 * @param answer what is known of its answer
 */
public record CallMetadata(Operation purpose, Attribution scope, AnswerMetadata answer) {
  /** Nothing is known. */
  public static final CallMetadata NONE =
      new CallMetadata(Operation.NONE, Attribution.NONE, AnswerMetadata.NOTHING);

  /** Refuses what is missing. */
  public CallMetadata {
    Objects.requireNonNull(purpose);
    Objects.requireNonNull(scope);
    Objects.requireNonNull(answer);
  }

  /**
   * What was asked.
   *
   * @param verb the kind of request: {@code chat}, {@code tool_round}, {@code embeddings}, {@code
   *     images}
   * @param operation what it is for, in the words of the service
   */
  public record Operation(String verb, Optional<String> operation) {
    /** Any request. */
    public static final Operation NONE = new Operation("call", Optional.empty());
  }

  /**
   * The work that a call belongs to.
   *
   * @param component the part of the service that does it
   * @param tags words to find it by
   * @param run the bulk run
   * @param row the row of the run, by its id
   * @param repair whether it asks a model to mend its answer to an earlier call
   * @param trace the trace it is shown in
   */
  public record Attribution(
      String component,
      List<String> tags,
      Optional<String> run,
      Optional<String> row,
      boolean repair,
      Optional<String> trace) {
    /** No work that is known. */
    public static final Attribution NONE =
        new Attribution("", List.of(), Optional.empty(), Optional.empty(), false, Optional.empty());

    /** Keeps a copy. */
    public Attribution {
      tags = List.copyOf(tags);
    }

    /**
     * The work that this thread does, by the {@link Labels} around it.
     *
     * @return the labels of that name, and the trace
     */
    public static Attribution here() {
      Labels around = Labels.here();
      return new Attribution(
          around.metadata().getOrDefault(Labels.COMPONENT, ""),
          around.tags(),
          named(around, Labels.RUN),
          named(around, Labels.ROW),
          around.metadata().containsKey(Labels.REPAIR),
          Tracing.traceId());
    }

    private static Optional<String> named(Labels labels, String name) {
      return Optional.ofNullable(labels.metadata().get(name)).filter(value -> !value.isEmpty());
    }
  }

  /**
   * What an answer said of itself, and what is known of it.
   *
   * @param model the model that says it answered
   * @param requestId the server's name for the request
   * @param firstText from the beginning of the call to its first text, where that came before the
   *     rest
   * @param prices the table its cost was reckoned by
   * @param cached whether it was kept from an earlier call, and nothing was sent
   * @param texts what was asked and answered, where somebody wants to keep that
   */
  public record AnswerMetadata(
      Optional<String> model,
      Optional<String> requestId,
      Optional<Duration> firstText,
      Optional<String> prices,
      boolean cached,
      Optional<Content> texts) {
    /** There is no answer. */
    public static final AnswerMetadata NOTHING =
        by(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * A whole answer of a server.
     *
     * @param model the model that says it answered
     * @param requestId the server's name for the request
     * @param prices the table its cost was reckoned by
     * @return what it said
     */
    public static AnswerMetadata by(
        Optional<String> model, Optional<String> requestId, Optional<String> prices) {
      return new AnswerMetadata(
          model, requestId, Optional.empty(), prices, false, Optional.empty());
    }

    /**
     * An answer that was kept from an earlier call.
     *
     * @param model the model that said it answered then
     * @return what is known of it
     */
    public static AnswerMetadata kept(Optional<String> model) {
      return new AnswerMetadata(
          model, Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    /**
     * The same of an answer that came piece by piece.
     *
     * @param after from the beginning of the call to its first text
     * @return a new record
     */
    public AnswerMetadata withFirstText(Optional<Duration> after) {
      return new AnswerMetadata(model, requestId, after, prices, cached, texts);
    }

    /**
     * The same with what was asked and answered.
     *
     * @param both the texts
     * @return a new record
     */
    public AnswerMetadata withTexts(Content both) {
      return new AnswerMetadata(model, requestId, firstText, prices, cached, Optional.of(both));
    }
  }

  /**
   * What was asked and what was answered, free of secrets and not without end.
   *
   * @param prompt what was sent, as it went over the wire
   * @param answer what came, or an empty text
   */
  public record Content(String prompt, String answer) {
    private static final int MAX = 200_000;

    /** Strikes secrets out and cuts what is too long. */
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
