package dev.synthlab.spans;

import dev.synthlab.logging.Redactor;
import dev.synthlab.spans.TraceMasking.Hidden;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A span that is being written. Everything that is put on it passes the masks, the redactor and a
 * bound on its size; nothing is done where nobody records. What is put on it after its end is lost.
 * Safe for use by many threads.
 */
public final class OpenSpan {
  private static final int MAX_CHARACTERS = 100_000;
  private static final int MAX_MESSAGES = 256;
  private static final int MAX_NUMBERS = 32;

  private final Span span;
  private final Context context;
  private final TraceMasking masking;

  OpenSpan(Span span, Context around, TraceMasking masking) {
    this.span = span;
    this.context = around.with(span);
    this.masking = masking;
  }

  /**
   * Whether anybody will see it.
   *
   * @return false when there is no need to put anything on it
   */
  public boolean recorded() {
    return span.isRecording();
  }

  /**
   * Does work with this span as the one around it, also for log lines: they carry its {@code
   * trace_id} and {@code span_id}.
   *
   * @param work what to do
   * @param <T> what it gives
   * @return what the work gave
   * @throws Exception what the work throws
   */
  public <T> T around(Callable<T> work) throws Exception {
    if (!span.getSpanContext().isValid()) {
      return context.wrap(work).call();
    }
    String trace = MDC.get("trace_id");
    String id = MDC.get("span_id");
    MDC.put("trace_id", span.getSpanContext().getTraceId());
    MDC.put("span_id", span.getSpanContext().getSpanId());
    try {
      return context.wrap(work).call();
    } finally {
      putBack("trace_id", trace);
      putBack("span_id", id);
    }
  }

  private static void putBack(String name, @Nullable String value) {
    if (value == null) {
      MDC.remove(name);
    } else {
      MDC.put(name, value);
    }
  }

  /**
   * Puts a text on it.
   *
   * @param name of the attribute
   * @param value any text
   */
  public void set(String name, String value) {
    if (span.isRecording()) {
      span.setAttribute(name, clean(value));
    }
  }

  /**
   * Puts a whole number on it.
   *
   * @param name of the attribute
   * @param value any number
   */
  public void set(String name, long value) {
    span.setAttribute(name, value);
  }

  /**
   * Puts a number on it.
   *
   * @param name of the attribute
   * @param value any number
   */
  public void set(String name, double value) {
    span.setAttribute(name, value);
  }

  /**
   * Puts texts on it.
   *
   * @param name of the attribute
   * @param values any texts
   */
  public void set(String name, List<String> values) {
    if (span.isRecording() && !values.isEmpty()) {
      span.setAttribute(
          AttributeKey.stringArrayKey(name), values.stream().map(OpenSpan::clean).toList());
    }
  }

  /**
   * What went in, as text.
   *
   * @param text any text
   */
  public void input(String text) {
    value("input", text, "text/plain", inputHidden());
  }

  /**
   * What went in, as a tree of JSON.
   *
   * @param tree maps, lists, strings, numbers, booleans
   */
  public void inputJson(Object tree) {
    if (span.isRecording()) {
      String json = inputHidden() ? "" : JsonTrees.write(JsonTrees.masked(tree, masking));
      value("input", json, "application/json", inputHidden());
    }
  }

  /**
   * What came out, as text.
   *
   * @param text any text
   */
  public void output(String text) {
    value("output", text, "text/plain", outputHidden());
  }

  /**
   * What came out, as JSON.
   *
   * @param json JSON as text
   */
  public void outputJson(String json) {
    value("output", json, "application/json", outputHidden());
  }

  private void value(String which, String text, String type, boolean hidden) {
    if (span.isRecording()) {
      span.setAttribute(which + ".value", hidden ? TraceMasking.REDACTED : clean(text));
      span.setAttribute(which + ".mime_type", type);
    }
  }

  private boolean inputHidden() {
    return masking.hides(
        Hidden.OPENINFERENCE_HIDE_INPUTS,
        Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_INPUT_TEXT,
        Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_TEXT);
  }

  private boolean outputHidden() {
    return masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_TEXT);
  }

  /**
   * The messages that went in.
   *
   * @param messages in order
   */
  public void inputMessages(List<SpanMessage> messages) {
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_INPUTS, Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES)) {
      messages("llm.input_messages.", messages, Hidden.OPENINFERENCE_HIDE_INPUT_TEXT);
    }
  }

  /**
   * The messages that came out.
   *
   * @param messages in order
   */
  public void outputMessages(List<SpanMessage> messages) {
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS, Hidden.OPENINFERENCE_HIDE_OUTPUT_MESSAGES)) {
      messages("llm.output_messages.", messages, Hidden.OPENINFERENCE_HIDE_OUTPUT_TEXT);
    }
  }

  private void messages(String name, List<SpanMessage> messages, Hidden text) {
    if (!span.isRecording()) {
      return;
    }
    for (int i = 0; i < Math.min(messages.size(), MAX_MESSAGES); i++) {
      message(name + i + ".message.", messages.get(i), masking.hides(text));
    }
  }

  private void message(String name, SpanMessage message, boolean hidden) {
    span.setAttribute(name + "role", message.role());
    List<SpanMessage.Part> parts = message.parts();
    if (parts.size() == 1 && parts.getFirst() instanceof SpanMessage.Part.Text only) {
      span.setAttribute(name + "content", hidden ? TraceMasking.REDACTED : clean(only.text()));
    } else {
      for (int i = 0; i < parts.size(); i++) {
        piece(name + "contents." + i + ".message_content.", parts.get(i), hidden);
      }
    }
    message.callId().ifPresent(id -> span.setAttribute(name + "tool_call_id", clean(id)));
    for (int i = 0; i < message.calls().size(); i++) {
      SpanMessage.ToolCall call = message.calls().get(i);
      String place = name + "tool_calls." + i + ".tool_call.";
      span.setAttribute(place + "id", clean(call.id()));
      span.setAttribute(place + "function.name", clean(call.tool()));
      span.setAttribute(
          place + "function.arguments", hidden ? TraceMasking.REDACTED : clean(call.arguments()));
    }
  }

  private void piece(String name, SpanMessage.Part piece, boolean hidden) {
    switch (piece) {
      case SpanMessage.Part.Text text -> {
        span.setAttribute(name + "type", "text");
        span.setAttribute(name + "text", hidden ? TraceMasking.REDACTED : clean(text.text()));
      }
      case SpanMessage.Part.Image image -> {
        span.setAttribute(name + "type", "image");
        span.setAttribute(
            name + "image.image.url", clean(JsonTrees.picture(image.address(), masking)));
      }
    }
  }

  /**
   * The tools that were offered.
   *
   * @param schemas each as JSON
   */
  public void tools(List<String> schemas) {
    if (masking.hides(Hidden.OPENINFERENCE_HIDE_INPUTS, Hidden.OPENINFERENCE_HIDE_LLM_TOOLS)) {
      return;
    }
    for (int i = 0; i < schemas.size(); i++) {
      set("llm.tools." + i + ".tool.json_schema", schemas.get(i));
    }
  }

  /**
   * The parameters of the call.
   *
   * @param tree maps, lists, strings, numbers, booleans
   */
  public void parameters(Object tree) {
    if (span.isRecording() && !masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS)) {
      span.setAttribute("llm.invocation_parameters", clean(JsonTrees.write(tree)));
    }
  }

  /**
   * A text and its vector.
   *
   * @param place of the text among all, from 0
   * @param text what it was made of
   * @param vector of which the first numbers are shown
   */
  public void embedding(int place, String text, float[] vector) {
    if (!span.isRecording() || place >= MAX_MESSAGES) {
      return;
    }
    String name = "embedding.embeddings." + place + ".embedding.";
    boolean hidden =
        masking.hides(
            Hidden.OPENINFERENCE_HIDE_INPUTS,
            Hidden.OPENINFERENCE_HIDE_INPUT_TEXT,
            Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_TEXT);
    span.setAttribute(name + "text", hidden ? TraceMasking.REDACTED : clean(text));
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS, Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS)) {
      double[] shown = new double[Math.min(vector.length, MAX_NUMBERS)];
      for (int i = 0; i < shown.length; i++) {
        shown[i] = vector[i];
      }
      span.setAttribute(
          AttributeKey.doubleArrayKey(name + "vector"), Arrays.stream(shown).boxed().toList());
    }
  }

  /**
   * Where a request goes.
   *
   * @param base the address that is the same for all requests of its kind
   * @param whole the address of this one, without what may be a key
   */
  public void url(String base, String whole) {
    set("url.full", inputHidden() ? base + "/" + TraceMasking.REDACTED : whole);
  }

  /**
   * Something happened.
   *
   * @param name what
   */
  public void event(String name) {
    span.addEvent(name);
  }

  /** All went well. */
  public void succeeded() {
    span.setStatus(StatusCode.OK);
  }

  /**
   * It went wrong.
   *
   * @param type the sort of error, in few words that are the same each time
   * @param message what happened, in words
   */
  public void recordFailure(String type, String message) {
    if (span.isRecording()) {
      span.setAttribute("error.type", clean(type));
      span.setStatus(StatusCode.ERROR, masking.hidesWords() ? type : clean(message));
    }
  }

  /**
   * It went wrong by an exception.
   *
   * @param type the sort of error
   * @param reason what was thrown
   */
  public void recordFailure(String type, Throwable reason) {
    if (!span.isRecording()) {
      return;
    }
    recordFailure(
        type, Optional.ofNullable(reason.getMessage()).orElse(reason.getClass().getSimpleName()));
    AttributesBuilder told = Attributes.builder();
    told.put("exception.type", reason.getClass().getName());
    told.put("exception.escaped", true);
    if (masking.hidesWords()) {
      told.put("exception.stacktrace", frames(reason));
    } else {
      StringWriter trace = new StringWriter();
      reason.printStackTrace(new PrintWriter(trace));
      told.put("exception.message", clean(String.valueOf(reason.getMessage())));
      told.put("exception.stacktrace", clean(trace.toString()));
    }
    span.addEvent("exception", told.build());
  }

  /** Where it was thrown, without a word of what the exceptions say: they may repeat anything. */
  private static String frames(Throwable reason) {
    StringBuilder all = new StringBuilder();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable each = reason; each != null && seen.add(each); each = each.getCause()) {
      all.append(each.getClass().getName()).append('\n');
      for (StackTraceElement frame : each.getStackTrace()) {
        all.append("\tat ").append(frame).append('\n');
      }
    }
    return clean(all.toString());
  }

  /** It is over. */
  public void end() {
    span.end();
  }

  void end(Instant at) {
    span.end(at);
  }

  /** Without secrets, and not without end. */
  private static String clean(String text) {
    String safe = Redactor.redactBeginning(text, MAX_CHARACTERS);
    int left = text.length() - MAX_CHARACTERS;
    return left <= 0 ? safe : safe + "… (" + left + " characters left out)";
  }
}
